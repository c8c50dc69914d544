/** What the outside world does to a running process: signals, and crashes that nobody caught. */
import { isatty } from 'node:tty'
import { Mailbox } from '../lifecycle/mailbox.ts'
import type { Log } from '../world/log.ts'
import { exitCodes } from './io.ts'

/**
 * The signals that ask the process to end, one after the other. From now on none ends it by itself: one that comes while
 * another is being heard waits for its turn.
 */
export function signalsToEnd(): () => Promise<string> {
  const told = new Mailbox<string>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => told.put(signal))
  return () => told.next()
}

/**
 * SIGHUP asks for the configuration to be read again. Only when the terminal we were started from has gone it means
 * the end; who starts the gateway under nohup wants it to stay.
 */
export function onHangUp(reload: () => void): void {
  const hadTerminal = isatty(0)
  process.on('SIGHUP', () => {
    if (hadTerminal && !isatty(0)) process.kill(process.pid, 'SIGTERM')
    else reload()
  })
}

/** A forgotten promise is logged and survived; after an exception that nobody caught nothing is certain any more. */
export function watchForCrashes(log: Log): void {
  process.on('unhandledRejection', (reason) => log.error('unhandled-rejection', { because: wordsOf(reason) }))
  process.on('uncaughtException', (error) => {
    log.error('uncaught-exception', { because: wordsOf(error) })
    void log.flush().finally(() => process.exit(exitCodes.internal))
  })
}

const wordsOf = (reason: unknown): string =>
  reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)
