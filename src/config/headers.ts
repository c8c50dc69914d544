/** Headers the user adds to requests: of one provider in config.json, of all with CUSTOM_HEADER_*. */
import type { OwnProvider } from './schema.ts'
import type { Secrets } from './secret.ts'
import type { Sources } from './sources.ts'
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

/** `CUSTOM_HEADER_X_Foo=bar` is the header `x-foo: bar`. */
export function customHeaders(sources: Sources): CustomHeaders {
  const pairs = sources
    .variablesBeginning(customHeaderPrefix)
    .map(({ name, value }) => [headerName(name), value] as const)
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
    if (secret) value[name.toLowerCase()] = secret.value
  }
  return { value }
}
