/** Reading Gemini's JSON, which comes in camelCase and in snake_case, and small facts about its models. */
import { asText, isObject, type Json, type JsonObject } from '../../wire/json.ts'

/** The field under its camelCase or its snake_case name; null counts as absent. */
export function pick(object: JsonObject, camel: string, snake: string): Json | undefined {
  return object[camel] ?? object[snake] ?? undefined
}

export const pickObject = (object: JsonObject, camel: string, snake: string): JsonObject | undefined => {
  const value = pick(object, camel, snake)
  return isObject(value) ? value : undefined
}

/** A number, also as the string that protobuf's JSON allows for 64-bit integers. */
export function looseNumber(value: Json | undefined): Json | undefined {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

/** Enum values are compared without regard to case. */
export const enumWord = (value: Json | undefined): string => asText(value)?.toUpperCase() ?? ''

/** `gemini-2.5-pro` → 2; undefined for names that do not say. */
export function generationOf(model: string): number | undefined {
  const digits = /gemini-(\d+)/i.exec(model)?.[1]
  if (digits !== undefined) return Number(digits)
  return /gemini-(?:pro|flash|flash-lite)-latest/i.test(model) ? 3 : undefined
}

/** Old enough to refuse what Gemini 3 combines: functions with search, functions with JSON output, thinking levels. */
export const isBeforeThree = (model: string): boolean => (generationOf(model) ?? 3) < 3

export const isThreeOrLater = (model: string): boolean => (generationOf(model) ?? 0) >= 3
