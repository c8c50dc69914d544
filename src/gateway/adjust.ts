/**
 * What the name of a model asked for besides the model: how hard to think, and the models a router may try itself.
 * Only then is a body of the client's own dialect changed in more than the model's name.
 */
import type { Conversation, Thinking } from '../conversation/conversation.ts'
import type { Quirks } from '../conversation/quirks.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Target, ThinkingWish } from '../routing/target.ts'
import { isObject, type Json, type JsonObject, parseJson, writeJson } from '../wire/json.ts'
import { silent } from './call-reader.ts'

function thinkingOf(wish: ThinkingWish): Thinking {
  switch (wish.kind) {
    case 'off':
      return { kind: 'off' }
    case 'effort':
      return { kind: 'adaptive', effort: wish.effort }
    case 'budget':
      return { kind: 'budget', budgetTokens: wish.budgetTokens }
  }
}

/** The conversation as the target shall hear it. */
export const withWish = (conversation: Conversation, { thinking }: Target): Conversation =>
  thinking
    ? { ...conversation, thinking: { ...conversation.thinking, ...thinkingOf(thinking) } }
    : conversation

/**
 * The same for a body of the target's own dialect: an empty request is encoded with and without the wish, and what
 * differs is laid over the client's body. Everything else stays as the client wrote it.
 */
export function wishInBody(
  text: string,
  wish: ThinkingWish,
  dialect: Dialect,
  target: Target,
  quirks: Quirks,
): string {
  const order = { model: target.model, stream: false, quirks }
  const said = (conversation: Conversation) => parseJson(dialect.request.encode(conversation, order).body)
  const plain = said(silent)
  const wished = said({ ...silent, thinking: thinkingOf(wish) })
  return writeJson(laidOver(parseJson(text), plain, wished))
}

function laidOver(body: Json, before: Json, after: Json): Json {
  if (!isObject(body) || !isObject(before) || !isObject(after)) return after
  const merged: Record<string, Json | undefined> = { ...body }
  for (const key of Object.keys(after)) {
    const was = before[key]
    const is = after[key]
    if (is === undefined || writeJson(was ?? null) === writeJson(is)) continue
    merged[key] = mergedField(body[key], was, is)
  }
  return merged
}

function mergedField(own: Json | undefined, was: Json | undefined, is: Json): Json {
  return own === undefined || !isObject(own) || !isObject(is) ? is : laidOver(own, was ?? {}, is)
}

/** Chat and its relatives at OpenRouter: the model asked for first, then those it may try, never more than it takes. */
export function modelList(
  model: string,
  fallbacks: readonly string[],
  { maxModels = 0 }: Quirks,
): readonly string[] | undefined {
  const models = [...new Set([model, ...fallbacks])].slice(0, maxModels)
  return models.length > 1 ? models : undefined
}

export const withModels = (text: string, models: readonly string[]): string => {
  const body = parseJson(text)
  return isObject(body) ? writeJson({ ...body, models: [...models] } satisfies JsonObject) : text
}
