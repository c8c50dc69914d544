/** What providers last said of their own rate limits, for people: nothing is decided by it. */
import { saysLimits } from './rate-headers.ts'
import { accountName, modelName, type Target } from './target.ts'

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

export interface HeardLimit {
  /** `requests`, `input-tokens`, `unified-5h` …; '' when the provider has one limit only. */
  readonly name: string
  readonly limit?: string
  readonly remaining?: string
  /** As said: seconds, a date, a span. */
  readonly reset?: string
}

export interface HeardLimits {
  /** `provider#account`. */
  readonly account: string
  /** The last model that was asked there. */
  readonly model: string
  readonly atMs: number
  readonly limits: readonly HeardLimit[]
  /** Everything that was said of limits, word for word. */
  readonly headers: Readonly<Record<string, string>>
}

const capacity = 200

export class HeardLimitsBook {
  readonly #last = new Map<
    string,
    { readonly target: Target; readonly atMs: number; readonly headers: Headers }
  >()

  /** Keeps the headers as they are; they are read when somebody asks. */
  heard(target: Target, headers: Headers, atMs: number): void {
    const account = accountName(target)
    if (this.#last.size >= capacity && !this.#last.has(account)) return
    this.#last.set(account, { target, atMs, headers })
  }

  list(): readonly HeardLimits[] {
    return [...this.#last].map(([account, { target, atMs, headers }]) => {
      const said = limitHeaders(headers)
      return { account, model: modelName(target), atMs, limits: limitsIn(said), headers: said }
    })
  }
}

function limitHeaders(headers: Headers): Readonly<Record<string, string>> {
  const said = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' && (saysLimits(name) || name === 'retry-after') ? [[name, value] as const] : [],
  )
  return Object.fromEntries(said)
}

const form = /^(?:x-|anthropic-)?ratelimit-(.*)$/
const words = ['limit', 'remaining', 'reset'] as const

function limitsIn(headers: Readonly<Record<string, string>>): readonly HeardLimit[] {
  const found = new Map<string, HeardLimit>()
  for (const [header, value] of Object.entries(headers)) {
    const pieces = form.exec(header)?.[1]?.split('-') ?? []
    const word = words.find((one) => pieces.includes(one))
    if (!word) continue
    const name = pieces.filter((piece) => piece !== word).join('-')
    found.set(name, { ...(found.get(name) ?? { name }), [word]: value })
  }
  return [...found.values()]
}
