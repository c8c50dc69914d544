/** A tool that `clutch mcp` offers to agents. To add one: a file beside this one, a line in `../mcp.ts`. */
import type { JsonObject } from '../../wire/json.ts'
import type { Io } from '../io.ts'

export interface McpTool {
  readonly name: string
  /** For the model that decides whether to use it. */
  readonly description: string
  /** JSON Schema of its arguments. */
  readonly input: JsonObject
  /** Rejecting is an error of ours; what the model should know it is told as `failed`. `cancelled`: nobody waits. */
  run(given: JsonObject, io: Io, cancelled: AbortSignal): Promise<McpAnswer>
}

export interface McpAnswer {
  readonly text: string
  readonly failed?: true
}
