/** The log of a running gateway: the terminal, and a folder when the settings name one. */
import type { Settings } from '../config/settings.ts'
import { realClock } from '../world/clock.ts'
import { Log, StreamSink } from '../world/log.ts'
import { LogFile } from '../world/log-file.ts'
import { Redactor } from '../world/redact.ts'
import { writeToStandardError } from '../world/standard-error.ts'

/**
 * `people`: somebody reads along. Where nobody does and a file has every line, standard error gets what somebody should
 * know: twice the same line costs twice. Whoever asks for `debug` is looking for something and gets all of it.
 */
export function openLog(settings: Pick<Settings, 'log' | 'providers' | 'clientKeys'>, people: boolean): Log {
  const { level, folder, keepDays, maxFileBytes } = settings.log
  const clock = realClock
  const quiet = folder !== undefined && !people && level !== 'debug'
  const toTerminal = new StreamSink({
    out: writeToStandardError,
    people,
    clock,
    ...(quiet && { from: 'warn' as const }),
  })
  const redactor = new Redactor(secretsIn(settings))
  if (folder === undefined) return new Log({ level, clock, redactor, sinks: [toTerminal] })
  const complain = (because: string): void =>
    void writeToStandardError(`clutch: the log in ${folder} cannot be written: ${because}\n`)
  const file = new LogFile({ folder, keepDays, maxFileBytes, clock, complain })
  const toFile = { write: (json: string) => file.write(json), flush: () => file.flush() }
  return new Log({ level, clock, redactor, sinks: [toTerminal, toFile] })
}

/** Values that must never be written down, whatever they look like. */
export function secretsIn({ providers, clientKeys }: Pick<Settings, 'providers' | 'clientKeys'>): string[] {
  const keys = Object.values(providers).flatMap(({ key, accounts = [], headers }) => [
    ...(key === undefined ? [] : [key]),
    ...accounts.map((account) => account.key),
    ...Object.entries(headers).flatMap(([name, value]) =>
      /auth|key|token|secret/i.test(name) ? [value] : [],
    ),
  ])
  return [...keys, ...clientKeys]
}
