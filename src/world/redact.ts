/** Takes secrets out of what is written down: by the name of a field, by the look of a text, and by known value. */

/** Names of fields and headers whose value is never shown; counters such as `max_tokens` are not meant. */
const secretName =
  /^(?:proxy-)?authorization$|api[-_]?key$|^key$|(?:^|[-_])(?:auth|access|refresh|id|session|bearer)?[-_]?token$|secret|password|passwd|^(?:set-)?cookie$|credential/i

/** Keys of well-known makers, bearer values, JSON web tokens, passwords and keys inside URLs. */
const secretLooks: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[^\s"'\\,;]{6,}/gi, '$1 [redacted]'],
  [/([?&;](?:[\w-]*key|[\w-]*token|secret|password|sig|signature)=)[^&\s"'\\#]+/gi, '$1[redacted]'],
  [/(:\/\/[^\s/:@"'\\]*:)[^\s/@"'\\]+@/g, '$1[redacted]@'],
  [
    /\b(?:sk|rk|pk|csk|nvapi|fw|r8|hf|tgp|pplx|key|xai|gsk|glpat|gh[opsu]|github_pat|xox[abpr])[-_][\w-]{8,}/gi,
    '[redacted]',
  ],
  [/\bAIza[\w-]{16,}/g, '[redacted]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g, '[redacted]'],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?/g, '[redacted]'],
  [/\b[0-9a-f]{32}\.[\w]{12,}/gi, '[redacted]'],
]
/** One cheap look for all of them. */
const suspicious =
  /bearer|basic|[?&;][\w-]*(?:key|token|secret|password|sig)|:\/\/[^\s/]*@|(?:sk|rk|pk|api|fw|r8|hf|tgp|plx|key|xai|gsk|pat|gh[opsu]|xox[abpr])[-_]\w|AIza|AKIA|ASIA|eyJ|[0-9a-f]{32}\./i

const shortestSecret = 6
const cacheLimit = 2_000

export class Redactor {
  readonly #known: RegExp | undefined
  /** Most values are said again and again: names of models, agents, fields. */
  readonly #texts = new Map<string, string>()
  readonly #quoted = new Map<string, string>()
  readonly #names = new Map<string, boolean>()

  /** `known`: secrets of this installation. Very short ones are left alone: masking them would mask words. */
  constructor(known: readonly string[] = []) {
    const long = known.filter(({ length }) => length >= shortestSecret).sort((a, b) => b.length - a.length)
    this.#known = long.length === 0 ? undefined : new RegExp(long.map(literal).join('|'), 'g')
  }

  text(text: string): string {
    if (text.length < shortestSecret) return text
    const unknown = this.#known ? text.replace(this.#known, '[redacted]') : text
    return suspicious.test(unknown)
      ? secretLooks.reduce((left, [look, mask]) => left.replace(look, mask), unknown)
      : unknown
  }

  /** As JSON; what was said before is remembered. */
  quoted(text: string): string {
    const known = this.#quoted.get(text)
    if (known !== undefined) return known
    const quoted = JSON.stringify(this.text(text))
    if (text.length <= 200) remember(this.#quoted, text, quoted)
    return quoted
  }

  /** A copy in which fields with secret names are masked and texts are redacted, at any depth. */
  fields(value: unknown): unknown {
    if (typeof value === 'string') return this.#remembered(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((one) => this.fields(one))
    const copy: Record<string, unknown> = {}
    this.copy(value, copy)
    return copy
  }

  /** The same, into a record that exists. */
  copy(from: object, to: Record<string, unknown>): void {
    for (const [name, inner] of Object.entries(from))
      if (inner !== undefined) to[name] = this.#isSecret(name) ? '[redacted]' : this.fields(inner)
  }

  #remembered(text: string): string {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    const redacted = this.text(text)
    if (text.length <= 200) remember(this.#texts, text, redacted)
    return redacted
  }

  #isSecret(name: string): boolean {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    const secret = secretName.test(name)
    remember(this.#names, name, secret)
    return secret
  }
}

/** Starts over when full. */
function remember<T>(memory: Map<string, T>, key: string, value: T): void {
  if (memory.size >= cacheLimit) memory.clear()
  memory.set(key, value)
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
