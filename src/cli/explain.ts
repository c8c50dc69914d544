/** `clutch explain`: where a request would go and why, and what would be sent. Sends nothing. */
import { resolve } from 'node:path'
import { loadSettings } from '../config/load.ts'
import { describeProblems } from '../config/problem.ts'
import type { Profile, Settings } from '../config/settings.ts'
import { type DialectId, dialectIds } from '../conversation/conversation.ts'
import { dialects } from '../dialects/index.ts'
import type { Call } from '../gateway/call.ts'
import { isFailure } from '../gateway/call.ts'
import { describeCall, type Explanation } from '../gateway/describe.ts'
import { chooseDialect } from '../server/choose-dialect.ts'
import { outlineOf } from '../server/read-call.ts'
import { readText } from '../world/files.ts'
import { type FlagKinds, readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'

const flagKinds: FlagKinds = {
  body: 'text',
  dialect: 'text',
  profile: 'text',
  config: 'text',
  json: 'switch',
  help: 'switch',
}

const manual = `clutch explain MODEL, or clutch explain --body FILE.json: where a request would go, and why; nothing is sent

  --body FILE       a request's body as the agent would send it
  --dialect D       ${dialectIds.join(', ')} (default: as the body looks, else anthropic)
  --profile NAME    as a request to /p/NAME/…
  --json            for programs
  --config FILE     instead of ~/.xx/config.json

Breakers, cooldowns and quotas are those of a gateway that has just started.
`

export function explainVerb(args: readonly string[], io: Io): number {
  const [first = ''] = args
  const model = first.startsWith('-') ? undefined : first
  const flags = readFlags(model === undefined ? args : args.slice(1), flagKinds)
  if (!flags.ok) return wrong(io, flags.message)
  if (flags.switches.has('help') || (!model && flags.texts['body'] === undefined)) {
    io.out(manual)
    return flags.switches.has('help') ? exitCodes.ok : exitCodes.usage
  }
  const { config } = flags.texts
  const loaded = loadSettings({ ...io, flags: config === undefined ? {} : { config } })
  if (!loaded.ok) {
    io.err(describeProblems(loaded.problems))
    return exitCodes.brokenConfig
  }
  const request = requestOf(model, flags.texts, io)
  if (typeof request === 'string') return wrong(io, request)
  const call = callOf(request, loaded.settings, flags.texts['profile'] ?? 'default')
  if (typeof call === 'string') return wrong(io, call)
  const explained = describeCall(call, loaded.settings, dialects, chooseDialect, Date.now())
  io.out(flags.switches.has('json') ? `${JSON.stringify(explained, null, 2)}\n` : inWords(explained))
  return explained.targets.length > 0 ? exitCodes.ok : exitCodes.unavailable
}

function wrong(io: Io, message: string): number {
  io.err(`clutch explain: ${message}\nSee: clutch explain --help\n`)
  return exitCodes.usage
}

interface Request {
  readonly dialect: DialectId
  readonly body: Uint8Array
  /** Gemini says it in the path. */
  readonly model?: string
}

/** A text says what is wrong. */
function requestOf(
  model: string | undefined,
  { body: file, dialect: said }: Readonly<Record<string, string>>,
  { cwd }: Io,
): Request | string {
  const dialect = dialectIds.find((id) => id === said)
  if (said !== undefined && !dialect) return `--dialect: expected ${dialectIds.join(', ')}, found ${said}`
  if (file === undefined) {
    const asked = { model, max_tokens: 1024, messages: [{ role: 'user', content: 'Hello' }] }
    return { dialect: 'anthropic', body: Buffer.from(JSON.stringify(asked)) }
  }
  const read = readText(resolve(cwd, file))
  if (read.kind !== 'text') return `${file}: ${read.kind === 'missing' ? 'no such file' : read.because}`
  const looks = dialect ?? dialectOf(read.text)
  return { dialect: looks, body: Buffer.from(read.text), ...(model && { model }) }
}

function dialectOf(text: string): DialectId {
  if (/^[^"]*"contents"|[,{]\s*"contents"\s*:/.test(text)) return 'gemini'
  if (/[,{]\s*"input"\s*:/.test(text) && !/[,{]\s*"messages"\s*:/.test(text)) return 'openai-responses'
  return /"max_tokens"\s*:/.test(text) && !/"role"\s*:\s*"(?:system|developer|tool)"/.test(text)
    ? 'anthropic'
    : 'openai-chat'
}

function callOf({ dialect, body, model }: Request, settings: Settings, name: string): Call | string {
  const profile: Profile | undefined = Object.hasOwn(settings.profiles, name)
    ? settings.profiles[name]
    : undefined
  if (!profile) return `no profile is named ${name}. There are: ${Object.keys(settings.profiles).join(', ')}`
  const read = outlineOf(body, dialect, {
    kind: 'generate',
    ...(dialect === 'gemini' && { model: model ?? 'gemini' }),
  })
  if (isFailure(read)) return read.message
  const head = { id: 'explain', dialect: dialects[dialect], client: nobody, profile, headers: {}, query: '' }
  return { ...head, startedMs: 0, body, ...read }
}

const nobody: Call['client'] = {
  gone: false,
  head: () => undefined,
  write: () => true,
  end: () => undefined,
  onDrain: () => undefined,
  onGone: () => undefined,
}

function inWords({ asked, rule, outline, targets, skipped, refusal }: Explanation): string {
  const looks = outline ? [`looks like  ${describeLook(outline)}`] : []
  const tried = targets.flatMap(({ name, dialect, url, headers, lost, because }, index) => [
    `${String(index + 1).padStart(2)}. ${name}  (${dialect})`,
    ...(url === undefined ? [] : [`      POST ${url}`]),
    ...Object.entries(headers).map(([header, value]) => `      ${header}: ${value}`),
    ...(lost.length > 0 ? [`      lost: ${lost.join(', ')}`] : []),
    ...(because === undefined ? [] : [`      cannot be asked: ${because}`]),
  ])
  const passed = skipped.map(({ name, because }) => `  - ${name}: ${because}`)
  const lines = [
    `asked       ${asked}`,
    `rule        ${rule}`,
    ...looks,
    '',
    ...(tried.length > 0 ? ['would be tried, in this order:', ...tried] : [`refused: ${refusal ?? ''}`]),
    ...(passed.length > 0 ? ['', 'passed over:', ...passed] : []),
  ]
  return `${lines.join('\n')}\n`
}

function describeLook(outline: NonNullable<Explanation['outline']>): string {
  const words = [
    outline.agent,
    outline.side,
    outline.subagent && 'subagent',
    `${outline.tools} tools`,
    outline.toolResultsLast && 'tool results last',
    outline.thinking && 'thinking',
    outline.images && 'images',
    outline.webSearchOnly && 'web search only',
    `about ${outline.sizeTokens} tokens`,
  ]
  return words.filter((word) => typeof word === 'string').join(', ')
}
