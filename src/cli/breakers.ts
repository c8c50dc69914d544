/** `clutch breakers`: the breakers and cooldowns of the running gateway, and how to close them by hand. */
import { asList, asNumber, asObject, asText } from '../wire/json.ts'
import { type AdminResult, askAdmin } from './admin-client.ts'
import { aligned } from './aligned.ts'
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'

const manual = `clutch breakers: which targets the running gateway does not ask just now, and why

  clutch breakers [--json]         what is open or cooling down
  clutch breakers reset TARGET     ask it again at once: provider/model, a provider, or all
  --config FILE, --port N          which gateway, as for clutch serve

Exit codes: 0 done, 64 wrong usage, 69 no gateway answers, 78 broken configuration
`

export async function breakersVerb(args: readonly string[], io: Io): Promise<number> {
  const isReset = args[0] === 'reset'
  const target = isReset ? args[1] : undefined
  const flags = readFlags(args.slice(isReset ? 2 : 0), {
    json: 'switch',
    config: 'text',
    port: 'text',
    help: 'switch',
  })
  if (!flags.ok || (isReset && (target === undefined || target.startsWith('-')))) {
    const message = flags.ok ? 'reset what? provider/model, a provider, or all' : flags.message
    io.err(`clutch breakers: ${message}\nSee: clutch breakers --help\n`)
    return exitCodes.usage
  }
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  if (target !== undefined) {
    const ask = { ask: 'breakers/reset', body: { target }, flags: flags.texts }
    return told(await askAdmin(ask, io), io, (body) => resetText(target, body))
  }
  const json = flags.switches.has('json')
  return told(await askAdmin({ ask: 'breakers', flags: flags.texts }, io), io, (body) =>
    json ? `${JSON.stringify(body, null, 2)}\n` : table(body),
  )
}

type Body = Exclude<AdminResult, number>['body']

function told(result: AdminResult, io: Io, text: (body: Body) => string): number {
  if (typeof result === 'number') return result
  io.out(text(result.body))
  return exitCodes.ok
}

function resetText(target: string, body: Body): string {
  const count = asNumber(asObject(body)['reset']) ?? 0
  return count === 0
    ? `Nothing was open for ${target}.\n`
    : `${target} may be asked again (${count} ${count === 1 ? 'entry' : 'entries'} closed).\n`
}

function table(body: Body): string {
  const rows = asList(asObject(body)['breakers']).map((value) => {
    const row = asObject(value)
    const left = asNumber(row['seconds_left'])
    return [
      asText(row['target']) ?? '?',
      asText(row['state']) ?? '?',
      left === undefined ? '' : `${left} s`,
      asText(row['because']) ?? '',
    ]
  })
  if (rows.length === 0) return 'Every target may be asked: no breaker is open, nothing cools down.\n'
  return aligned(rows)
}
