/** Where the texts are in what a Claude Code tool gave back, and the same value with other texts: its own shape, or it is dropped. */
import { asText, isObject, type Json, type JsonObject } from '../wire/json.ts'

/** A tool's result, as the hook hands it on. */
export interface HookResult {
  readonly tool: string
  readonly commandLine?: string
  readonly path?: string
  readonly text: string
  readonly agent: string
  readonly project?: string
  readonly session?: string
}

export interface ShapedOutput {
  readonly texts: readonly string[]
  /** As many as `texts`, in their order. */
  readonly withTexts: (texts: readonly string[]) => Json
}

/** undefined: not a shape in which we may change anything. */
export function shapeOf(tool: string, response: Json | undefined): ShapedOutput | undefined {
  if (typeof response === 'string') return { texts: [response], withTexts: ([text]) => text ?? response }
  if (Array.isArray(response)) return blocksShape(response)
  if (!isObject(response)) return undefined
  if (typeof response['stdout'] === 'string') return shellShape(response)
  if (Array.isArray(response['content'])) {
    const inner = blocksShape(response['content'])
    return inner && { ...inner, withTexts: (texts) => ({ ...response, content: inner.withTexts(texts) }) }
  }
  const found = tool === 'Grep' ? asText(response['content']) : undefined
  if (found === undefined) return undefined
  return { texts: [found], withTexts: ([text]) => ({ ...response, content: text ?? found }) }
}

/** An output that Claude Code keeps in a file is shown as a short preview: ours would only be longer. */
function shellShape(response: JsonObject): ShapedOutput | undefined {
  const { stdout, stderr, isImage, persistedOutputPath } = response
  if (isImage === true || persistedOutputPath !== undefined || typeof stdout !== 'string') return undefined
  const error = asText(stderr) ?? ''
  if (error === '')
    return { texts: [stdout], withTexts: ([text]) => ({ ...response, stdout: text ?? stdout }) }
  return {
    texts: [stdout, error],
    withTexts: ([out, err]) => ({ ...response, stdout: out ?? stdout, stderr: err ?? error }),
  }
}

/** Content blocks, as MCP tools give them back. */
function blocksShape(blocks: readonly Json[]): ShapedOutput | undefined {
  const texts = blocks.flatMap((block) => textIn(block) ?? [])
  if (texts.length === 0) return undefined
  return {
    texts,
    withTexts: (said) => {
      let at = 0
      return blocks.map((block) =>
        isObject(block) && textIn(block) !== undefined ? { ...block, text: said[at++] ?? '' } : block,
      )
    },
  }
}

const textIn = (block: Json): string | undefined =>
  isObject(block) && block['type'] === 'text' ? asText(block['text']) : undefined
