/** Headers the user adds to requests: of one provider in config.json, of all with CUSTOM_HEADER_*. */
import type { OwnProvider } from './schema.ts'
import type { Secrets } from './secret.ts'
import type { Found, Sources } from './sources.ts'
import { customHeaderPrefix } from './variables.ts'

type Headers = Readonly<Record<string, string>>

export interface CustomHeaders {
  readonly forAll: Headers
  /** Those that carry credentials go only where OPENAI_BASE_URL (or OpenAI) is. */
  readonly forOpenai: Headers
}

/** Header names whose values are secrets. */
export const isCredential = (header: string): boolean =>
  /^(authorization|proxy-authorization|cookie)$|(^|-)(key|token|secret)$/.test(header)

const token = /^[!#$%&'*+.^_`|~\w-]+$/
/** Latin-1 without control characters, as HTTP has it. */
const sendable = /^[\t -~\u0080-\u00ff]*$/

/** Refuses, at its place, what every request would fail with; the value may be a secret and is not told. */
function check(sources: Sources, said: Pick<Found, 'place'>, name: string, value: string): void {
  if (!token.test(name)) sources.refuse(said, `${JSON.stringify(name)} cannot be the name of a header`)
  else refuseUnsendable(sources, said, value)
}

export function refuseUnsendable(sources: Sources, said: Pick<Found, 'place'>, value: string): void {
  if (!sendable.test(value)) sources.refuse(said, 'holds letters that an HTTP header cannot carry')
}

/** `CUSTOM_HEADER_X_Foo=bar` is the header `x-foo: bar`. */
export function customHeaders(sources: Sources): CustomHeaders {
  const pairs = sources.variablesBeginning(customHeaderPrefix).map((said) => {
    const header = headerName(said.name)
    check(sources, said, header, said.value)
    return [header, said.value] as const
  })
  return {
    forAll: Object.fromEntries(pairs.filter(([header]) => !isCredential(header))),
    forOpenai: Object.fromEntries(pairs.filter(([header]) => isCredential(header))),
  }
}

const headerName = (variable: string): string =>
  variable.slice(customHeaderPrefix.length).replaceAll('_', '-').toLowerCase()

/** The entry's own headers, lower-cased, secrets looked up; or why one of them cannot be sent. */
export function ownHeaders(
  id: string,
  entry: OwnProvider | undefined,
  sources: Sources,
  secrets: Secrets,
): { readonly value: Headers } | { readonly because: string } {
  const value: Record<string, string> = {}
  for (const [name, text] of Object.entries(entry?.headers ?? {})) {
    const said = sources.inFile(text, ['providers', id, 'headers', name])
    const secret = said && secrets.find(said)
    if (secret && 'because' in secret) return { because: `header ${name}: ${secret.because}` }
    if (said && secret) {
      check(sources, said, name, secret.value)
      value[name.toLowerCase()] = secret.value
    }
  }
  return { value }
}
