/** How a list of tools differs from the one before: in its order, in what is there, or in what is said of them. */
import { asList, asObject, asText, type Json, tryParseJson } from '../wire/json.ts'

/** As JSON, both. Never says what a tool is called. undefined: nobody can tell. */
export function toolsDrift(before: string, now: string): string | undefined {
  const was = toolsIn(before)
  const is = toolsIn(now)
  if (was.length === 0 && is.length === 0) return undefined
  const came = countMissing(is, was)
  const went = countMissing(was, is)
  if (came > 0 || went > 0)
    return [came > 0 && `${came} came`, went > 0 && `${went} went`].filter(Boolean).join(', ')
  const said = new Map(was.map(({ name, text }) => [name, text]))
  const other = is.filter(({ name, text }) => said.get(name) !== text).length
  return other > 0 ? `${other} described otherwise` : 'the same tools in another order'
}

interface Tool {
  readonly name: string
  readonly text: string
}

/** Chat wraps each in a `function`, Gemini lists them in an item of their own. */
const toolsIn = (json: string): readonly Tool[] => asList(tryParseJson(json)).flatMap(toolsOf)

function toolsOf(item: Json): readonly Tool[] {
  const { functionDeclarations, function: wrapped, cache_control: _, ...said } = asObject(item)
  if (functionDeclarations !== undefined) return asList(functionDeclarations).flatMap(toolsOf)
  const name = asText(said['name']) ?? asText(asObject(wrapped)['name']) ?? asText(said['type']) ?? ''
  return [{ name, text: JSON.stringify([said, wrapped ?? null]) }]
}

const countMissing = (tools: readonly Tool[], among: readonly Tool[]): number => {
  const names = new Set(among.map(({ name }) => name))
  return tools.filter(({ name }) => !names.has(name)).length
}
