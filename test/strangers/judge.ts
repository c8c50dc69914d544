/**
 * A judge is a vendor's own SDK in front of the gateway. All four are asked the same questions, each through the calls
 * its users write, and their findings are told in one form, so that one table can be held against all of them.
 */
import type { DialectId } from '../../src/conversation/conversation.ts'

export interface Judge {
  readonly name: string
  /** What it speaks to the gateway. */
  readonly dialect: DialectId
  open(gatewayUrl: string, talk: TalkOrder): Talk
  /** What an error it threw says to its users. */
  complaint(error: unknown): Complaint
}

export interface TalkOrder {
  readonly model: string
  readonly streams: boolean
  readonly system?: string
  readonly tools?: readonly ToolOffer[]
  readonly thinks?: boolean
  /** The answer must fit this JSON Schema. */
  readonly schema?: Readonly<Record<string, unknown>>
  readonly maxRetries?: number
}

export interface ToolOffer {
  readonly name: string
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>>
}

/** A conversation that grows; what the SDK returned goes back into it untouched, as an agent would do. */
export interface Talk {
  /** `png`: an image shown with the words, in base64. */
  say(text: string, png?: string): Promise<Answer>
  giveResults(results: readonly ToolResult[]): Promise<Answer>
}

interface ToolResult {
  readonly call: ToolCall
  readonly text: string
}

export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly input: unknown
}

export interface Answer {
  readonly text: string
  readonly thoughts: string
  /** Those an agent would run: complete by every sign the dialect has. */
  readonly calls: readonly ToolCall[]
  /** In the SDK's own word. */
  readonly stop: string
  readonly model: string
  readonly usage: { readonly input: number; readonly output: number }
  /** Names from `x-clutch-lost`. */
  readonly lost: readonly string[]
}

export interface Complaint {
  /** The error's class. */
  readonly thrown: string
  readonly status: number | undefined
  /** The machine's word for it: type, code or status name. */
  readonly word: string | undefined
  readonly message: string
  /** The request id, where the SDK shows one. */
  readonly requestId?: string
}

export const lostIn = (headers: { get(name: string): string | null }): readonly string[] =>
  (headers.get('x-clutch-lost') ?? '').split(', ').filter((name) => name !== '')

export const classOf = (error: unknown): string =>
  error instanceof Error ? error.constructor.name : typeof error
