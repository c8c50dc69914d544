/**
 * The three-step tool loop that proves an agent works through the gateway: run a command, write a file, say the last
 * word. What to write stands in the user's text: `CLUTCH-LOOP write <absolute path> content <word>`. A line `CLUTCH-LOOP
 * run <command>` beside it names the command of the first step, which may fail. The step follows from how many results
 * came back since, so the script keeps no state.
 */
import type { Conversation, FunctionTool, Turn } from '../../conversation/conversation.ts'
import { asObject, type Json, type JsonObject, writeJson } from '../../wire/json.ts'
import { type Call, calls, type Play, type Step, speak, text, thinking } from '../play.ts'
import { sampleOf, typeOf } from '../sample.ts'
import {
  brief,
  callableTools,
  callWith,
  lastUserText,
  type OwnTool,
  resultsIn,
  resultText,
  type Scene,
  structuredAnswer,
  userText,
} from '../scene.ts'
import type { Script } from './script.ts'

export const loop: Script = {
  name: 'loop',
  usage: '[:apply-patch]',
  summary:
    'runs a command, writes a file, says the last word, with the agent’s own tools (see docs/sandbox.md)',
  play: (scene) => {
    const aside = sideAnswer(scene.conversation)
    if (aside !== undefined) return speak(text(aside))
    const order = orderIn(scene.conversation.turns)
    if (!order) return speak(text(howTo))
    return step(scene, order)
  },
}

/** The step that is asked for, from 1; undefined when none is: a side request, or no order. */
export function stepWanted({ conversation }: Scene): number | undefined {
  if (sideAnswer(conversation) !== undefined) return undefined
  const order = orderIn(conversation.turns)
  return order && resultsIn(order.since).length + 1
}

const howTo =
  'Put a line “CLUTCH-LOOP write <absolute path> content <word>” into your message and I will do it.'

interface Order {
  readonly path: string
  readonly content: string
  /** The command of the first step; it may fail. */
  readonly command?: string
  /** What was said since. */
  readonly since: readonly Turn[]
}

function orderIn(turns: readonly Turn[]): Order | undefined {
  const line = /^[\s"'`]*CLUTCH-LOOP write (\/.+?) content ([\w-]+)/m
  const at = turns.findLastIndex((turn) => line.test(userText(turn)))
  const said = turns[at] ? userText(turns[at]) : ''
  const [, path, content] = line.exec(said) ?? []
  const command = /^[\s"'`]*CLUTCH-LOOP run (.+)/m.exec(said)?.[1]
  return path !== undefined && content !== undefined
    ? { path, content, since: turns.slice(at + 1), ...(command !== undefined && { command }) }
    : undefined
}

function step(scene: Scene, order: Order): Play {
  const offered = callableTools(scene)
  const results = resultsIn(order.since)
  const mayFail = order.command === undefined ? -1 : 0
  const failed = results.findIndex((result, at) => result.isError && at !== mayFail)
  if (failed >= 0) {
    const why = brief(
      results
        .slice(failed, failed + 1)
        .map(resultText)
        .join(''),
      200,
    )
    return speak(text(`Not done: step ${failed + 1} of 3 failed: ${why}`))
  }
  if (results.length >= 2)
    return speak(...thought(scene, 'Both steps are done.'), text(`All done: ${order.content}`))
  const call =
    results.length === 0 ? running(offered, order.command ?? 'echo step-one') : writing(offered, order, scene)
  if (!call) return speak(text('Not done: no tool on offer runs commands.'))
  const plan = results.length === 0 ? 'running a command' : 'writing the file'
  return speak(
    ...thought(scene, `Step ${results.length + 1} is next: ${plan}.`),
    text(`Step ${results.length + 1} of 3: ${plan}.`),
    calls(call),
  )
}

/** Thoughts are shown to those who asked for them; their signatures come back with the next step. */
function thought({ conversation }: Scene, said: string): readonly Step[] {
  const { kind, effort } = conversation.thinking
  const wanted = kind === 'adaptive' || kind === 'budget' || (kind === 'default' && effort !== undefined)
  return wanted ? [thinking(said)] : []
}

/** Exact names only: other tools have a `command` or `content` property, too. */
const shellNames = [
  'Bash',
  'bash',
  'exec_command',
  'run_shell_command',
  'shell_command',
  'shell',
  'run_command',
  'terminal',
]
const writeNames = ['Write', 'write', 'write_file', 'write_to_file']
const commandProperties = ['command', 'cmd', 'CommandLine', 'script']
const pathProperties = ['file_path', 'filePath', 'path', 'absolute_path', 'TargetFile']
const contentProperties = ['content', 'contents', 'text', 'CodeContent']

function running(offered: readonly OwnTool[], command: string): Call | undefined {
  const tool = functionNamed(offered, shellNames)
  const asked = tool && fill(tool, [[commandProperties, command]])
  return tool && asked && callWith(tool, writeJson(asked))
}

function writing(offered: readonly OwnTool[], { path, content }: Order, scene: Scene): Call | undefined {
  const patch = scene.parameters.includes('apply-patch') ? patching(offered, path, content) : undefined
  if (patch) return patch
  const tool = functionNamed(offered, writeNames)
  const asked =
    tool &&
    fill(tool, [
      [pathProperties, path],
      [contentProperties, content],
    ])
  if (tool && asked) return callWith(tool, writeJson(asked))
  return running(offered, `printf %s ${quoted(content)} > ${quoted(path)}`)
}

/** A freeform tool keeps its own form, or arrives as a function with one `input` when it came through another dialect. */
function patching(offered: readonly OwnTool[], path: string, content: string): Call | undefined {
  const tool = offered.find(({ name }) => name === 'apply_patch')
  const patch = `*** Begin Patch\n*** Add File: ${path}\n+${content}\n*** End Patch\n`
  return tool && callWith(tool, tool.kind === 'freeform' ? patch : writeJson({ input: patch }))
}

const functionNamed = (offered: readonly OwnTool[], names: readonly string[]): FunctionTool | undefined =>
  names
    .flatMap((name) => offered.filter((tool) => tool.kind === 'function' && tool.name === name))
    .find((tool) => tool.kind === 'function')

/** The required properties, with our values under the first name the schema has; undefined when it has none. */
function fill(
  tool: FunctionTool,
  values: readonly (readonly [readonly string[], string])[],
): JsonObject | undefined {
  const { properties: described, required } = asObject(tool.schema)
  const properties = asObject(described)
  const entries: [string, Json][] = []
  for (const [names, value] of values) {
    const name = names.find((one) => properties[one] !== undefined)
    if (name === undefined) return undefined
    const asList = typeOf(properties[name] ?? {}) === 'array'
    entries.push([name, asList ? ['bash', '-lc', value] : value])
  }
  const custom: JsonObject = {
    ...(properties['description'] !== undefined && { description: 'A step of the loop' }),
    ...(properties['is_background'] !== undefined && { is_background: false }),
  }
  const others = required === undefined ? {} : asObject(sampleOf(tool.schema))
  return { ...others, ...custom, ...Object.fromEntries(entries) }
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** Agents also ask for titles, suggestions and summaries: short answers in the right shape. */
function sideAnswer(conversation: Conversation): string | undefined {
  const structured = structuredAnswer(conversation)
  if (structured !== undefined) return structured
  const asked = lastUserText(conversation)
  const guidance = conversation.system.map((part) => part.text).join('\n')
  if (asked.includes('[SUGGESTION MODE')) return 'show me the file'
  if (/memory extraction/i.test(guidance)) return 'Nothing to remember.'
  if (asked.startsWith('CRITICAL: Respond with TEXT ONLY')) return summary
  if (conversation.tools.length > 0) return undefined
  if (/title/i.test(`${guidance}\n${asked}`)) return 'Sandbox loop'
  return /summar|compact/i.test(`${guidance}\n${asked}`) ? summary : undefined
}

const summary = 'Summary: the user asked for the three steps of the sandbox loop.'
