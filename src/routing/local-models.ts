/** Servers of models on this machine: what to ask them, and what their answers say. */
import { asList, asNumber, asObject, asText, type Json, type JsonObject } from '../wire/json.ts'

export interface LocalModel {
  readonly id: string
  /** As the server will run it now; absent: it does not say. */
  readonly windowTokens?: number
  /** It is in memory: asking for it costs no loading. */
  readonly loaded?: boolean
}

/** Asks one path below the server's root; undefined: no answer, or no JSON. */
export type AskLocal = (path: string, body?: object) => Promise<Json | undefined>

/** undefined: nobody answers, or not in the way this kind of server does. */
type Reader = (ask: AskLocal) => Promise<readonly LocalModel[] | undefined>

const readers: Readonly<Record<string, Reader>> = {
  ollama: readOllama,
  'llama-cpp': readLlamaCpp,
  lmstudio: readLmStudio,
  vllm: readModelList,
}

/** The providers whose servers can be asked. */

/** A provider of another kind is asked for the list that all of them have. */
export const readLocalModels = (
  provider: string,
  ask: AskLocal,
): Promise<readonly LocalModel[] | undefined> => (readers[provider] ?? readModelList)(ask)

/** Loaded models say what they run with; of the others, what their maker or their file says. */
async function readOllama(ask: AskLocal): Promise<readonly LocalModel[] | undefined> {
  const [tags, running] = await Promise.all([ask('/api/tags'), ask('/api/ps')])
  const list = listIn(tags, 'models')
  if (!list) return undefined
  const windows = new Map(
    (listIn(running, 'models') ?? []).map((row) => [asText(row['name']), asNumber(row['context_length'])]),
  )
  const names = list.flatMap((row) => asText(row['name']) ?? asText(row['model']) ?? [])
  return Promise.all(
    names.slice(0, 50).map(async (id) => {
      const loaded = windows.has(id)
      const windowTokens = windows.get(id) ?? windowInShow(asObject(await ask('/api/show', { model: id })))
      return model(id, windowTokens, loaded)
    }),
  )
}

/** `num_ctx` is what the model file asks for; `…​.context_length` what the weights were trained with. */
function windowInShow({ parameters, model_info }: JsonObject): number | undefined {
  const asked = /^\s*num_ctx\s+(\d+)/m.exec(asText(parameters) ?? '')?.[1]
  if (asked !== undefined) return Number(asked)
  const trained = Object.entries(asObject(model_info)).find(([name]) => name.endsWith('.context_length'))
  return asNumber(trained?.[1])
}

/** One model at a time; `n_ctx` is what one request may fill. */
async function readLlamaCpp(ask: AskLocal): Promise<readonly LocalModel[] | undefined> {
  const [models, props] = await Promise.all([readModelList(ask), ask('/props')])
  const slot = asNumber(asObject(asObject(props)['default_generation_settings'])['n_ctx'])
  return models?.map(({ id, windowTokens }) => model(id, slot ?? windowTokens, true))
}

/** Its own list knows windows and what is loaded; older ones have only the common list. */
async function readLmStudio(ask: AskLocal): Promise<readonly LocalModel[] | undefined> {
  const list = listIn(await ask('/api/v0/models'), 'data')
  if (!list) return readModelList(ask)
  return list.flatMap((row) => {
    const id = asText(row['id'])
    if (id === undefined || asText(row['type']) === 'embeddings') return []
    const windowTokens = asNumber(row['loaded_context_length']) ?? asNumber(row['max_context_length'])
    return [model(id, windowTokens, asText(row['state']) === 'loaded')]
  })
}

/** `/v1/models`, with vLLM's `max_model_len` and llama.cpp's `meta`. */
async function readModelList(ask: AskLocal): Promise<readonly LocalModel[] | undefined> {
  const list = listIn(await ask('/v1/models'), 'data')
  return list?.flatMap((row) => {
    const id = asText(row['id'])
    const trained = asNumber(asObject(row['meta'])['n_ctx_train'])
    return id === undefined ? [] : [model(id, asNumber(row['max_model_len']) ?? trained, true)]
  })
}

function listIn(answer: Json | undefined, field: string): readonly JsonObject[] | undefined {
  const value = asObject(answer)[field]
  return Array.isArray(value) ? asList(value).map(asObject) : undefined
}

const model = (id: string, windowTokens: number | undefined, loaded: boolean): LocalModel => ({
  id,
  ...(windowTokens !== undefined && windowTokens > 0 && { windowTokens }),
  ...(loaded && { loaded }),
})

/** What is known of one server. */
export interface LocalServer {
  readonly provider: string
  /** undefined: it did not answer. */
  readonly models: readonly LocalModel[] | undefined
}

/** Names that cannot chat. */
const notForChat = /embed|rerank|whisper|(?:^|[-_/])(?:bge|tts|clip)(?:[-_.]|$)/i

/**
 * The models that may close a cascade, best first within each server: one that is loaded, then the largest window.
 * `wish`: every server's best, or those named (`provider`, or `provider/model` if the server has it).
 */
export function lastResort(
  wish: true | readonly string[],
  servers: readonly LocalServer[],
): readonly string[] {
  const names = wish === true ? servers.map(({ provider }) => provider) : wish
  return names.flatMap((name) => {
    const slash = name.indexOf('/')
    const provider = slash < 0 ? name : name.slice(0, slash)
    const models = servers.find((server) => server.provider === provider)?.models ?? []
    const found = slash < 0 ? best(models) : models.find(({ id }) => isNamed(id, name.slice(slash + 1)))
    return found ? [`${provider}/${found.id}`] : []
  })
}

/** Ollama's `qwen3` is `qwen3:latest`. */
const isNamed = (id: string, name: string): boolean => id === name || id === `${name}:latest`

const best = (models: readonly LocalModel[]): LocalModel | undefined =>
  models
    .filter(({ id }) => !notForChat.test(id))
    .toSorted(
      (a, b) =>
        Number(b.loaded ?? false) - Number(a.loaded ?? false) ||
        (b.windowTokens ?? 0) - (a.windowTokens ?? 0),
    )[0]
