/** The form of the answer: asked for in the request where the target can be held to it, else in words (CONTRACT 13). */
import type { OutputFormat } from '../../conversation/conversation.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { flatName } from '../../conversation/tool-names.ts'
import { type JsonObject, writeJson } from '../../wire/json.ts'
import type { Speaking } from './parts-encoder.ts'

export function outputFields(output: OutputFormat, { quirks, nameLength, lost }: Speaking): JsonObject {
  const held = quirks.structuredOutput ?? 'schema'
  if (output.kind === 'text') {
    if (output.verbosity === undefined) return {}
    if (quirks.verbosity) return { verbosity: output.verbosity }
    if (output.verbosity !== 'medium') lost.add('verbosity')
    return {}
  }
  if (output.kind === 'json-schema' && held === 'schema') {
    const { schema, strict } = output
    const name = flatName(output.name, undefined, nameLength)
    return {
      response_format: {
        type: 'json_schema',
        json_schema: { name, schema, ...(strict !== undefined && { strict }) },
      },
    }
  }
  if (output.kind === 'json-schema') lost.add('output-schema')
  else if (held === 'none') lost.add('output-json')
  return held === 'none' ? {} : { response_format: { type: 'json_object' } }
}

/** What the model is told when its target cannot be held to the form. */
export function schemaGuidance(
  output: OutputFormat,
  { structuredOutput = 'schema' }: Quirks,
): string | undefined {
  if (output.kind === 'text' || structuredOutput === 'schema') return undefined
  if (output.kind === 'json-schema')
    return `Answer with one JSON object and nothing else. It fits this JSON Schema: ${writeJson(output.schema)}`
  return structuredOutput === 'none' ? 'Answer with one JSON object and nothing else.' : undefined
}
