/** What the first lines of an agent's own record tell: where it was, and what the user said first. */
import { asList, asObject, asText, type JsonObject, tryParseJson } from '../wire/json.ts'

export interface SessionStart {
  readonly id: string
  readonly project?: string
  readonly firstPrompt?: string
}

/** `text`: lines of JSON, the last of which may be cut. */
export function readStart(text: string, idInName: string): SessionStart {
  const lines = text.split('\n').map((line) => asObject(tryParseJson(line)))
  const project = lines.map(cwdIn).find((found) => found !== undefined)
  const firstPrompt = lines.map(promptIn).find((found) => found !== undefined)
  return {
    id: idInName,
    ...(project !== undefined && { project }),
    ...(firstPrompt !== undefined && { firstPrompt }),
  }
}

/** Who spoke last; `text`: lines of JSON, the first of which may be cut. */
export function lastRoleIn(text: string): string | undefined {
  const roles = text
    .split('\n')
    .map((line) => asText(asObject(asObject(tryParseJson(line))['message'])['role']))
  return roles.findLast((role) => role === 'user' || role === 'assistant')
}

/** Codex keeps it in a payload, the others beside the type. */
const cwdIn = (line: JsonObject): string | undefined =>
  asText(line['cwd']) ?? asText(asObject(line['payload'])['cwd'])

function promptIn(line: JsonObject): string | undefined {
  const payload = asObject(line['payload'])
  const message = payload['type'] === 'message' ? payload : asObject(line['message'])
  if (message['role'] !== 'user') return undefined
  const words = textIn(message['content'] ?? message['parts'])
    .replaceAll(/\s+/g, ' ')
    .trim()
  return words === '' || isMachinery(words) ? undefined : words
}

function textIn(content: JsonObject[string]): string {
  if (typeof content === 'string') return content
  return asList(content)
    .map((part) => asText(asObject(part)['text']) ?? '')
    .join(' ')
}

/** Agents say things in the user's name: surroundings, reminders, commands. */
const isMachinery = (words: string): boolean => /^<[\w-]+[ >]|^Caveat:/.test(words)
