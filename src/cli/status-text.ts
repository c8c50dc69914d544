/** The state of the gateway in words. */
import { asList, asNumber, asObject, asText, type JsonObject } from '../wire/json.ts'
import { aligned } from './aligned.ts'
import type { ListenerState, ProviderState, Status } from './look-around.ts'

export function statusText(status: Status, nowMs: number): string {
  return [
    ...headLines(status, nowMs),
    ...titled('listeners', table(status.listeners.map(listenerRow))),
    ...chainLines(status),
    ...titled('providers', providerLines(status)),
    ...gatewayLines(status.gateway),
    '',
  ].join('\n')
}

function headLines(status: Status, nowMs: number): readonly string[] {
  const { daemon, leaving, installed, gateway, staleLock, configProblems } = status
  const version = asText(gateway?.['version']) ?? daemon?.version
  const other = version !== undefined && version !== installed
  return [
    headLine(status, nowMs),
    ...(other ? [`! it is version ${version}, installed is ${installed}    try: clutch restart`] : []),
    ...(leaving.length > 0
      ? [`  process ${leaving.join(', ')} handed over to it and finishes its calls`]
      : []),
    ...(daemon?.notRestarted ? [`! the last restart did not happen: ${daemon.notRestarted.because}`] : []),
    ...(staleLock === undefined ? [] : [`! a lock is left over: ${staleLock}`]),
    ...(configProblems === undefined
      ? []
      : [
          '! the configuration is broken now:',
          ...configProblems
            .trimEnd()
            .split('\n')
            .map((line) => `    ${line}`),
        ]),
  ]
}

function headLine({ running, daemon, gateway, installed }: Status, nowMs: number): string {
  const pid = daemon?.pid ?? asNumber(gateway?.['pid'])
  switch (running) {
    case 'daemon':
      return `Clutch ${daemon?.version} runs: process ${pid}, since ${durationText(nowMs - (daemon?.sinceMs ?? nowMs))}`
    case 'starting':
      return `Clutch ${installed} is starting: process ${pid}`
    case 'foreground':
      return `Clutch ${asText(gateway?.['version'])} runs in the foreground: process ${pid}`
    case 'no':
      return `Clutch ${installed} does not run    try: clutch up`
  }
}

type Row = readonly string[]

function listenerRow({ host, port, profile, part, reached, stranger }: ListenerState): Row {
  const answer = reached.ok ? `answers (${reached.ms} ms)` : `! ${refused(reached.because)}`
  const who = stranger ? `  held by process ${stranger.pid} (${stranger.command})` : ''
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  return [address, part, profile === 'default' ? '' : `profile ${profile}`, `${answer}${who}`]
}

function refused(because: string): string {
  if (because.startsWith('ECONNREFUSED')) return 'nobody answers'
  return /timeout|timed out/i.test(because) ? 'no answer in time' : because
}

/** Parts of the seed's chain that have no listener of their own, and what they are here. */
function chainLines({ listeners, compression }: Status): readonly string[] {
  const parts = new Set(listeners.map(({ part }) => part))
  const level = compression?.level ?? 'off'
  return titled('chain', [
    `compression    ${level}${parts.has('compression') ? ', a listener of its own' : ', in the gateway; no listener of its own'}`,
    ...(parts.has('subscriptions') ? ['subscriptions  a listener of its own'] : []),
  ])
}

function providerLines({ providers, unusable }: Status): readonly string[] {
  const missing = unusable.length === 0 ? [] : [`no key for  ${someOf(unusable.map(({ id }) => id))}`]
  if (providers.length === 0)
    return ['none is configured: the built-in sandbox answers everything', ...missing]
  return [...table(providers.map(providerRow)), ...missing]
}

const shownNames = 8

const someOf = (names: readonly string[]): string =>
  names.length <= shownNames + 1
    ? names.join(', ')
    : `${names.slice(0, shownNames).join(', ')} and ${names.length - shownNames} more`

function providerRow({ id, kind, baseUrl, insteadOf, keyFrom, reached, loop }: ProviderState): Row {
  const what = {
    remote: '',
    local: 'on this machine',
    part: 'another proxy in the chain',
    hop: `by way of another proxy, instead of ${insteadOf}`,
  }[kind]
  const state = !reached ? '' : reached.ok ? `there (${reached.ms} ms)` : `! ${refused(reached.because)}`
  const circle = loop ? '! a loop: it asks this gateway again' : loop === false ? 'no loop' : ''
  const key = keyFrom === undefined ? '' : `key from ${keyFrom}`
  return [id, baseUrl, state, [what, circle, key].filter((text) => text !== '').join(', ')]
}

function gatewayLines(gateway: JsonObject | undefined): readonly string[] {
  if (!gateway) return []
  const { open_calls, queue, config, breakers, local_models } = gateway
  const { generation, needs_restart, last_error } = asObject(config)
  const open = asList(breakers).length
  const restart = asList(needs_restart).flatMap((name) => asText(name) ?? [])
  const wrong = asList(asObject(last_error)['problems']).flatMap((line) => asText(line) ?? [])
  const servers = asList(local_models).flatMap((one) => asText(asObject(one)['provider']) ?? [])
  return titled('now', [
    `calls       ${asNumber(open_calls) ?? 0} running${queueText(queue)}`,
    `breakers    ${open === 0 ? 'none open' : `${open} open or cooling    see: clutch breakers`}`,
    `config      generation ${asNumber(generation) ?? '?'}${restart.length > 0 ? `; only after clutch restart: ${restart.join(', ')}` : ''}`,
    ...wrong.map((line) => `! not taken: ${line}`),
    ...(servers.length > 0 ? [`models here ${[...new Set(servers)].join(', ')}`] : []),
  ])
}

/** A gateway that lets calls wait says how many. */
function queueText(queue: JsonObject[string]): string {
  const waiting = asNumber(asObject(queue)['waiting']) ?? asNumber(queue)
  return waiting === undefined
    ? '; none waits: what cannot be served goes to the next target'
    : `, ${waiting} waiting`
}

const titled = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]

const table = (rows: readonly Row[]): readonly string[] => aligned(rows).split('\n').slice(0, -1)

function durationText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.round(ms / 1000)} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 1) return `${minutes} min`
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`
}
