/** `clutch doctor`: what is wrong with the gateway, and the next command to type. Of the agents, `xx doctor` tells. */
import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { stateFolderOf } from '../config/load.ts'
import { readLock } from '../lifecycle/lock.ts'
import { lastLines } from '../lifecycle/log-files.ts'
import { readLogLine } from '../lifecycle/log-line.ts'
import { lastWordsIn } from '../lifecycle/start-daemon.ts'
import { asList, asObject, asText } from '../wire/json.ts'
import { checkEngine } from './engine-check.ts'
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { type ListenerState, lookAround, type ProviderState, type Status, urlText } from './look-around.ts'
import { configurationFrom } from './serve.ts'

const manual = `clutch doctor: what is wrong with the gateway, and what to type next

  --json    for programs

Exit codes: 0 nothing is wrong, 64 wrong usage, 69 something is
`

interface Finding {
  readonly mark: '✓' | '–' | '!'
  readonly text: string
  readonly next?: string
}

export async function gatewayDoctorVerb(args: readonly string[], io: Io): Promise<number> {
  const flags = readFlags(args, { json: 'switch', help: 'switch' })
  if (!flags.ok) {
    io.err(`clutch doctor: ${flags.message}\n    try: clutch doctor\n`)
    return exitCodes.usage
  }
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const status = await lookAround(io, { flags: {}, reach: true })
  const findings = [
    ...stateFindings(io),
    ...configFindings(status),
    ...runFindings(status, io),
    ...status.listeners.map((listener) => listenerFinding(listener, status)),
    ...status.providers.map(providerFinding),
    ...nowFindings(status),
    ...(await engineFindings(io)),
    ...logFindings(io),
  ]
  io.out(flags.switches.has('json') ? toldAsJson(findings) : told(findings))
  return findings.some(({ mark }) => mark === '!') ? exitCodes.unavailable : exitCodes.ok
}

const told = (findings: readonly Finding[]): string =>
  [
    ...findings.map(
      ({ mark, text, next }) => `${mark}  ${text}\n${next === undefined ? '' : `     try: ${next}\n`}`,
    ),
    '–  of the agents: xx doctor\n',
  ].join('')

const states = { '✓': 'fine', '–': 'note', '!': 'wrong' } as const

const toldAsJson = (findings: readonly Finding[]): string =>
  `${JSON.stringify({
    findings: findings.map(({ mark, text, next }) => ({
      state: states[mark],
      text: text.replace(/ {2,}/g, ' '),
      next: next ?? null,
    })),
  })}\n`

const fine = (text: string): Finding => ({ mark: '✓', text })
const note = (text: string, next?: string): Finding => ({
  mark: '–',
  text,
  ...(next !== undefined && { next }),
})
const wrong = (text: string, next: string): Finding => ({ mark: '!', text, next })

function stateFindings(io: Io): readonly Finding[] {
  const folder = stateFolderOf(io)
  try {
    accessSync(nearestExisting(folder), constants.W_OK)
    const lock = readLock(folder)
    return [
      fine(`state        ${folder}`),
      ...(lock.kind === 'stale'
        ? [note(`lock         left over: ${lock.because}; the next start takes it`)]
        : []),
    ]
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error)
    return [wrong(`state        cannot be used: ${because}`, 'XX_HOME=/some/where clutch up')]
  }
}

const nearestExisting = (folder: string): string =>
  existsSync(folder) || dirname(folder) === folder ? folder : nearestExisting(dirname(folder))

function configFindings({ configProblems, unusable, providers, gateway }: Status): readonly Finding[] {
  if (configProblems !== undefined)
    return configProblems
      .trimEnd()
      .split('\n')
      .map((line) => wrong(`config       ${line}`, 'clutch config edit'))
  const { needs_restart, last_error } = asObject(gateway?.['config'])
  const restart = asList(needs_restart).flatMap((name) => asText(name) ?? [])
  const taken = asList(asObject(last_error)['problems']).length === 0
  const none = providers.length === 0
  return [
    taken
      ? fine('config       can be used')
      : wrong('config       the gateway goes on with the one from before', 'clutch restart config'),
    ...(restart.length > 0
      ? [note(`config       changed, but only after a restart: ${restart.join(', ')}`, 'clutch restart')]
      : []),
    ...(none
      ? [
          note(
            `providers    none is configured, the sandbox answers (no key for ${unusable
              .map(({ id }) => id)
              .slice(0, 4)
              .join(', ')} …)`,
            'clutch config set OPENROUTER_API_KEY -',
          ),
        ]
      : []),
  ]
}

function runFindings({ running, daemon, gateway, installed, leaving }: Status, io: Io): readonly Finding[] {
  const version = asText(gateway?.['version']) ?? daemon?.version
  const old = version !== undefined && version !== installed
  switch (running) {
    case 'no':
      return [
        note('gateway      does not run; xx starts it', 'clutch up'),
        ...lastWordsIn(stateFolderOf(io)).map((line) => note(`             it said last: ${line}`)),
      ]
    case 'starting':
      return [
        wrong(
          `gateway      process ${daemon?.pid} has not opened its listeners`,
          'clutch logs, or clutch down --now',
        ),
      ]
    case 'foreground':
      return [note('gateway      runs in the foreground: clutch down and restart do not touch it')]
    case 'daemon':
      return [
        gateway
          ? fine(`gateway      process ${daemon?.pid}, version ${version}`)
          : wrong(`gateway      process ${daemon?.pid} does not answer`, 'clutch down --now && clutch up'),
        ...(old
          ? [wrong(`gateway      is version ${version}; ${installed} is installed`, 'clutch restart')]
          : []),
        ...(leaving.length > 0
          ? [note(`gateway      process ${leaving.join(', ')} still finishes calls`)]
          : []),
      ]
  }
}

function listenerFinding(listener: ListenerState, { running }: Status): Finding {
  const { reached, stranger, port } = listener
  const text = `listener     ${urlText(listener)}`
  if (stranger) {
    const who = `is held by process ${stranger.pid} (${stranger.command})`
    return wrong(`${text} ${who}`, `kill ${stranger.pid}, or clutch config set port ${port + 1}`)
  }
  if (reached.ok) return fine(`${text} answers`)
  return running === 'no'
    ? note(`${text} is free`)
    : wrong(`${text} does not answer: ${reached.because}`, 'clutch restart')
}

function providerFinding({ id, baseUrl, kind, reached, loop }: ProviderState): Finding {
  const text = `${id.padEnd(13)}${baseUrl}`
  if (loop) return wrong(`${text} leads back to this gateway`, `clutch config where providers.${id}.base_url`)
  if (!reached) return note(text)
  if (reached.ok) return fine(`${text} is there (${reached.ms} ms)`)
  const start =
    kind === 'remote'
      ? `clutch config where providers.${id}`
      : `start it, or clutch config where providers.${id}`
  return wrong(`${text}: ${reached.because}`, start)
}

function nowFindings({ gateway }: Status): readonly Finding[] {
  return asList(gateway?.['breakers']).map((row) => {
    const { target, state, because } = asObject(row)
    return note(
      `${asText(target)} is not asked (${asText(state)}): ${asText(because) ?? ''}`,
      `clutch breakers reset ${asText(target)}`,
    )
  })
}

async function engineFindings(io: Io): Promise<readonly Finding[]> {
  const engine = await checkEngine(io)
  if (!engine) return []
  const text = `clutch run   by ${engine.name}: ${engine.text}`
  return [engine.ok ? fine(text) : wrong(text, `install ${engine.name}, or clutch config edit`)]
}

const errorsLookedFor = 5

function logFindings(io: Io): readonly Finding[] {
  const configuration = configurationFrom({}, io)
  const folder = configuration.ok ? configuration.settings.log.folder : undefined
  if (folder === undefined) return []
  const today = new Date().toISOString().slice(0, 10)
  const errors = lastLines(folder, errorsLookedFor, (line) => readLogLine(line, { level: 'error' })).filter(
    ({ fields }) => asText(fields['time'])?.startsWith(today),
  )
  return errors.length === 0
    ? []
    : [
        note(
          `log          has errors of today, the last: ${asText(errors.at(-1)?.fields['event'])}`,
          'clutch logs --level error',
        ),
      ]
}
