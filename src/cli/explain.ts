/** `clutch explain`: where a request would go and why, and what would be sent. Sends nothing. */
import { resolve } from 'node:path'
import type { Profile, Settings } from '../config/settings.ts'
import { type DialectId, dialectIds } from '../conversation/conversation.ts'
import { dialects } from '../dialects/index.ts'
import type { Call } from '../gateway/call.ts'
import { isFailure } from '../gateway/call.ts'
import { describeCall } from '../gateway/describe.ts'
import { chooseDialect } from '../server/choose-dialect.ts'
import { outlineOf } from '../server/read-call.ts'
import { readText } from '../world/files.ts'
import { askHealth } from './ask-health.ts'
import { explainPast } from './explain-past.ts'
import { inWords } from './explain-words.ts'
import { type FlagKinds, readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { readSettings } from './read-settings.ts'

const flagKinds: FlagKinds = {
  body: 'text',
  dialect: 'text',
  profile: 'text',
  session: 'text',
  config: 'text',
  json: 'switch',
  help: 'switch',
}

const manual = `clutch explain MODEL, or clutch explain --body FILE.json: where a request would go, and why; nothing is sent
clutch explain REQUEST-ID: where a request went (x-clutch-request of its answer), from the ledger

  --body FILE       a request's body as the agent would send it
  --dialect D       ${dialectIds.join(', ')} (default: as the body looks, else anthropic)
  --profile NAME    as a request to /p/NAME/…
  --session ID      as a request of that session: where its prompt cache is, and whether it stays there
  --json            for programs
  --config FILE     instead of ~/.xx/config.json

Breakers, cooldowns, quotas, warm caches, sessions on other profiles and local models are those of the running gateway;
when none runs, those of one that has just started, and that is said.

Exit codes: 0 it would be served, 64 wrong usage, 69 nothing could serve it or no such request, 78 broken configuration
`

export async function explainVerb(args: readonly string[], io: Io): Promise<number> {
  const [first = ''] = args
  const model = first.startsWith('-') ? undefined : first
  const flags = readFlags(model === undefined ? args : args.slice(1), flagKinds)
  if (!flags.ok) return wrong(io, flags.message)
  if (flags.switches.has('help') || (!model && flags.texts['body'] === undefined)) {
    io.out(manual)
    return flags.switches.has('help') ? exitCodes.ok : exitCodes.usage
  }
  const { config } = flags.texts
  const settings = readSettings(io, config)
  if (typeof settings === 'number') return settings
  const json = flags.switches.has('json')
  const id = model === undefined ? undefined : requestId(model)
  if (id !== undefined) return explainPast(id, settings, json, io)
  const call = callFor(model, flags.texts, settings, io)
  return typeof call === 'string' ? wrong(io, call) : explain(call, settings, json, io)
}

async function explain(call: Call, settings: Settings, json: boolean, io: Io): Promise<number> {
  const { from, known } = await askHealth(settings)
  const explained = describeCall(call, settings, dialects, chooseDialect, Date.now(), known)
  io.out(json ? `${JSON.stringify({ ...explained, health: from }, null, 2)}\n` : inWords(explained, from))
  return explained.targets.length > 0 ? exitCodes.ok : exitCodes.unavailable
}

/** A text says what is wrong. */
function callFor(
  model: string | undefined,
  texts: Readonly<Record<string, string>>,
  settings: Settings,
  io: Io,
): Call | string {
  const request = requestOf(model, texts, io)
  return typeof request === 'string'
    ? request
    : callOf(request, settings, texts['profile'] ?? 'default', texts['session'])
}

/** What `x-clutch-request` and `request-id` look like; no model is named so. */
const requestId = (word: string): string | undefined => /^(?:req_)?([0-9A-Za-z]{24})$/.exec(word)?.[1]

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

function callOf(
  { dialect, body, model }: Request,
  settings: Settings,
  name: string,
  session: string | undefined,
): Call | string {
  const profile: Profile | undefined = Object.hasOwn(settings.profiles, name)
    ? settings.profiles[name]
    : undefined
  if (!profile) return `no profile is named ${name}. There are: ${Object.keys(settings.profiles).join(', ')}`
  const headers = session === undefined ? {} : { 'session-id': session }
  const heard = { kind: 'generate', ...(dialect === 'gemini' && { model: model ?? 'gemini' }) } as const
  const read = outlineOf(body, dialect, heard, headers)
  if (isFailure(read)) return read.message
  const head = { id: 'explain', dialect: dialects[dialect], client: nobody, profile, headers, query: '' }
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
