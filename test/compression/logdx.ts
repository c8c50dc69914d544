/** The corpus of real CI failures, and what of each must be told: shared by the gate and the bench. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

interface Signal {
  readonly value?: string
  readonly aliases?: readonly string[]
  readonly file?: string
  readonly importance: string
}

export interface Failure {
  readonly name: string
  readonly log: string
  /** Those that stand in the log. */
  readonly signals: readonly Signal[]
}

const folder = join(import.meta.dirname, '../data/logdx')

export const failures = (): readonly Failure[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const log = gunzipSync(readFileSync(join(folder, name, 'raw.log.gz'))).toString('utf8')
      const truth: { required_signals: Signal[] } = JSON.parse(
        readFileSync(join(folder, name, 'ground_truth.json'), 'utf8'),
      )
      return { name, log, signals: truth.required_signals.filter((signal) => isKept(signal, bare(log))) }
    })

/** Without colours and carriage returns, as both sides are compared. */
export const bare = (text: string): string => text.replace(colours, '').replaceAll('\r', '')

const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g')

export const isKept = ({ value, aliases = [], file }: Signal, text: string): boolean =>
  [value, ...aliases, file].some((piece) => piece !== undefined && text.includes(piece))

export const nameOf = ({ value, file }: Signal): string => value ?? file ?? ''
