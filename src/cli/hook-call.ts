/** What Claude Code calls after each tool: its result on standard input, a shorter one on standard output, or nothing. */
import { type IncomingMessage, request } from 'node:http'
import { readLaunchSettings } from '../config/launch.ts'
import { levelNamed, levelWords, type MouthSettings, readMouthSettings } from '../config/mouth.ts'
import { isBelow } from '../launch/version.ts'
import { readOwnerToken } from '../server/owner-token.ts'
import { asObject, asText, type Json, type JsonObject, tryParseJson } from '../wire/json.ts'
import { agentAround } from './agent-around.ts'
import { type HookResult, shapeOf } from './hook-shape.ts'
import { isSilent, rememberSilence } from './hook-silence.ts'
import type { Io } from './io.ts'

/** The first version that takes other output for every tool, if it has the tool's own shape. */
export const firstVersion = '2.1.121'

/** Always ends well: whatever is not understood stays as it is. */
export async function callHook(io: Io, input: () => Promise<string>): Promise<number> {
  const asked = asObject(tryParseJson(await input()))
  const tool = asText(asked['tool_name'])
  if (asked['hook_event_name'] !== 'PostToolUse' || tool === undefined || isTooOld(io)) return 0
  const shape = shapeOf(tool, asked['tool_response'])
  if (!shape) return 0
  const shortened = await Promise.all(
    shape.texts.map((text) => shorterOf({ ...resultFrom(tool, asked), text }, io)),
  )
  if (shortened.every((text) => text === undefined)) return 0
  const texts = shape.texts.map((text, index) => shortened[index] ?? text)
  const output = { hookEventName: 'PostToolUse', updatedToolOutput: shape.withTexts(texts) }
  io.out(`${JSON.stringify({ hookSpecificOutput: output })}\n`)
  return 0
}

function isTooOld({ env }: Io): boolean {
  const version = agentAround(env)?.version
  return version !== undefined && isBelow(version, firstVersion)
}

function resultFrom(tool: string, asked: JsonObject): Omit<HookResult, 'text'> {
  const { command, file_path: file, path } = asObject(asked['tool_input'])
  return {
    tool,
    agent: 'claude',
    ...field('commandLine', command),
    ...field('path', file ?? path),
    ...field('project', asked['cwd']),
    ...field('session', asked['session_id']),
  }
}

function field<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  const made: Partial<Record<Name, string>> = {}
  if (typeof value === 'string' && value !== '') made[name] = value
  return made
}

/** Shorter ones are nobody's trouble. */
const leastChars = 400

/** A level that is said in the environment counts for this agent alone: the gateway is not asked then. */
async function shorterOf(result: HookResult, io: Io): Promise<string | undefined> {
  if (result.text.length < leastChars) return undefined
  const settings = readMouthSettings(io)
  const answer = settings.isLevelForced ? nobody : await askDaemon(result, settings, io)
  return answer.kind === 'answered' ? answer.text : shortenHere(result, settings, io)
}

type DaemonAnswer =
  | { readonly kind: 'answered'; readonly text: string | undefined }
  | { readonly kind: 'nobody' }

const nobody = { kind: 'nobody' } as const

/** The gateway knows all settings and has the filters loaded. */
async function askDaemon(result: HookResult, { stateFolder }: MouthSettings, io: Io): Promise<DaemonAnswer> {
  const read = readLaunchSettings(io)
  const token = readOwnerToken(stateFolder)
  if (!read.ok || !read.settings.local || token === undefined || isSilent(stateFolder)) return nobody
  const answer = await post(`${read.settings.baseUrl}/clutch/api/shorten`, result, token)
  if (answer.kind === 'late') rememberSilence(stateFolder)
  return answer.kind === 'json' ? { kind: 'answered', text: asText(asObject(answer.json)['text']) } : nobody
}

type Posted = { readonly kind: 'json'; readonly json: Json } | { readonly kind: 'nobody' | 'late' }

/** For connection and answer together; a large output may take as much longer as reading it does. */
const patienceMs = 250
const charsPerMs = 4096

/** `nobody`: none answers, or not with what was asked for. */
function post(url: string, body: HookResult, token: string): Promise<Posted> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'x-clutch-admin': token }
    const sent = request(url, { method: 'POST', headers }, (response) => {
      bodyOf(response).then(
        (text) => end(response.statusCode === 200 ? tryParseJson(text) : undefined),
        () => end(),
      )
    })
    const late = setTimeout(
      () => {
        resolve({ kind: 'late' })
        sent.destroy()
      },
      patienceMs + body.text.length / charsPerMs,
    )
    const end = (json?: Json): void => {
      clearTimeout(late)
      resolve(json === undefined ? nobody : { kind: 'json', json })
    }
    sent.once('error', () => end())
    sent.end(JSON.stringify(body))
  })
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
  return text
}

async function shortenHere(
  { text, ...asked }: HookResult,
  settings: MouthSettings,
  io: Io,
): Promise<string | undefined> {
  const level = settings.level === undefined ? 'balanced' : levelNamed(settings.level)
  if (level === undefined)
    io.err(`clutch hook: "${settings.level}" is no level (${levelWords.join(', ')}): nothing is shortened\n`)
  if (settings.problem !== undefined || level === undefined || level === 'off') return undefined
  const { shortenForHook } = await import('./hook-shorten.ts')
  return shortenForHook({ text, ...asked }, level, settings)
}
