/** The other side of a restart: a process that was started to take over from a daemon that still serves. */
import { asList, asNumber, asObject, asText, tryParseJson } from '../wire/json.ts'
import type { Inherited } from '../world/listening-socket.ts'
import { successionVariable } from './hand-over.ts'

export interface Predecessor {
  readonly pid: number
  /** Its listening sockets; what is not in here has to be opened. */
  readonly inherited: readonly Inherited[]
  /** Says that all is read and in order; resolves when it may begin, rejects when the predecessor is gone. */
  prepared(): Promise<void>
  /** Says that it serves. */
  ready(): void
}

/** undefined: nobody hands over. */
export function predecessorOf(own: NodeJS.Process): Predecessor | undefined {
  const text = own.env[successionVariable]
  delete own.env[successionVariable]
  if (text === undefined || own.send === undefined) return undefined
  const { pid, listeners } = asObject(tryParseJson(text))
  const say = (word: string): void => void own.send?.({ say: word }, () => undefined)
  return {
    pid: asNumber(pid) ?? 0,
    inherited: asList(listeners).flatMap(inheritedIn),
    prepared: () =>
      new Promise((resolve, reject) => {
        const gone = (): void => reject(new Error('the daemon that was to hand over is gone'))
        if (!own.connected) return gone()
        own.once('disconnect', gone)
        own.once('message', () => resolve())
        say('prepared')
      }),
    ready: () => {
      own.removeAllListeners('disconnect')
      own.send?.({ say: 'ready' }, () => own.connected && own.disconnect())
    },
  }
}

function inheritedIn(value: unknown): readonly Inherited[] {
  const { host, port, fd } = asObject(value)
  const [name, number, descriptor] = [asText(host), asNumber(port), asNumber(fd)]
  return name === undefined || number === undefined || descriptor === undefined
    ? []
    : [{ host: name, port: number, fd: descriptor }]
}
