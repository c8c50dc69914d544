// A terminal to start things in, and to take away from them; tmux from the system's packages.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { quoteWord } from '../../src/launch/quote.ts'
import { missing } from './debian.ts'

export const tmuxMissing = (): string | undefined => missing('tmux', ['-V'])

/** Of util-linux; found here, whatever PATH it hands on. */
const script = spawnSync('sh', ['-c', 'command -v script'], { encoding: 'utf8' }).stdout.trim()

export class Terminal {
  readonly #child: ChildProcess
  readonly #over: Promise<unknown>
  shown = ''

  constructor(words: readonly string[], options: { cwd: string; env: Record<string, string> }) {
    const line = words.map(quoteWord).join(' ')
    const env = { TERM: 'xterm-256color', ...options.env }
    this.#child = spawn(script, ['-qfec', `exec ${line}`, '/dev/null'], {
      ...options,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.shown += chunk.toString()
      })
    this.#over = once(this.#child, 'close')
  }

  /** The process that was started in it. */
  get pid(): number {
    const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(this.#child.pid)], {
      encoding: 'utf8',
    })
    return Number(stdout.trim().split('\n')[0])
  }

  type(text: string): void {
    this.#child.stdin?.write(text)
  }

  /** Resolves when it has shown this. */
  shows(what: RegExp): Promise<void> {
    return until(`${what} is shown`, () => what.test(this.shown))
  }

  /** As when its window is closed: it is gone under whatever runs in it. */
  async close(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#over
  }

  /** The exit code of what was started in it. */
  async end(): Promise<number | null> {
    await this.#over
    return this.#child.exitCode
  }
}

/** Resolves when it is so; generous, for busy machines. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const untilMs = Date.now() + 30_000; Date.now() < untilMs; ) {
    if (isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`never happened: ${what}`)
}
