/** Which paths are Gemini's: `/v1beta/models/{model}:{method}`, with model names that may hold slashes. */
import type { Heard } from '../dialect.ts'

const prefix = /^\/(?:(v1beta|v1alpha|v1)\/)?models(?:\/|$)/
/** Methods of the same API that are not conversations. */
const otherMethod = /^(?:[a-z]+[A-Z]\w*|predict)$/

export function hear(path: string): Heard | undefined {
  const found = prefix.exec(path)
  if (!found) return undefined
  const rest = path.slice(found[0].length)
  const own = found[1] === 'v1beta' || found[1] === 'v1alpha' // elsewhere lists of models are the other dialects'
  if (rest === '') return own ? { kind: 'list-models' } : undefined
  const colon = rest.lastIndexOf(':')
  const method = rest.slice(colon + 1)
  const model = modelName(colon < 0 ? rest : rest.slice(0, colon))
  switch (colon < 0 ? '' : method) {
    case 'generateContent':
      return { kind: 'generate', model, stream: false }
    case 'streamGenerateContent':
      return { kind: 'generate', model, stream: true }
    case 'countTokens':
      return { kind: 'count-tokens', model }
    default:
      return own && !(colon >= 0 && otherMethod.test(method))
        ? { kind: 'get-model', model: modelName(rest) }
        : undefined
  }
}

function modelName(text: string): string {
  const name = decoded(text)
  return name.startsWith('models/') ? name.slice('models/'.length) : name
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
