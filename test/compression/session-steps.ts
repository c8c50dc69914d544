/** Sessions as steps: from the shape of a real one, from a real log, or made up by a seed. */
import { readFileSync } from 'node:fs'
import { asList, asNumber, asObject, asText, type Json } from '../../src/wire/json.ts'

export interface StepCall {
  readonly id: string
  readonly tool: string
  readonly input: Json
}

export type Step =
  | { readonly kind: 'user'; readonly text: string }
  | {
      readonly kind: 'turn'
      readonly askedMs: number
      readonly endedMs: number
      readonly text: string
      readonly thinking: string
      readonly calls: readonly StepCall[]
      readonly outputTokens: number
      /** The provider dropped its cache before this turn, and nobody knows why. */
      readonly isEvicted: boolean
    }
  | { readonly kind: 'result'; readonly callId: string; readonly text: string; readonly failed: boolean }
  | { readonly kind: 'thinking'; readonly level: string }
  | { readonly kind: 'tools'; readonly count: number }
  /** What was said before the step `keepFrom` becomes a summary. */
  | { readonly kind: 'compaction'; readonly summary: string; readonly keepFrom: number }
  /** The gateway ends and another begins. */
  | { readonly kind: 'restart' }
  /** The agent goes on under another name. */
  | { readonly kind: 'resume' }
  /** The agent asks the same again. */
  | { readonly kind: 'retry' }
  /** Another small question of the same session: a title. */
  | { readonly kind: 'side' }

/** The same words for the same seed, always. */
export class Words {
  #state: number

  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 12345) >>> 0
  }

  /** From 0 up to, not including, `below`. */
  next(below: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * below)
  }

  line(): string {
    const words = Array.from({ length: 4 + this.next(8) }, () => vocabulary[this.next(vocabulary.length)])
    return `${'  '.repeat(this.next(4))}${words.join(' ')} ${this.next(1000)}`
  }

  /** About so many bytes of lines. */
  text(bytes: number): string {
    const lines: string[] = []
    for (let left = bytes; left > 0; ) {
      const line = this.line()
      lines.push(line)
      left -= line.length + 1
    }
    return lines.join('\n').slice(0, Math.max(1, bytes))
  }

  /** What a noisy program prints: about so many bytes, most of them noise. */
  noise(bytes: number): string {
    const lines: string[] = []
    for (let left = bytes, isNoise = true; left > 0; isNoise = !isNoise)
      for (let more = isNoise ? 10 + this.next(20) : 1 + this.next(6); more > 0 && left > 0; more--) {
        const line = isNoise
          ? `noise ${this.next(3) === 0 ? 'again and again and again' : this.line()}`
          : this.line()
        lines.push(line)
        left -= line.length + 1
      }
    return lines.join('\n')
  }
}

const vocabulary =
  'const return export function value list of open file path gateway turn cache read write token line error test passed'.split(
    ' ',
  )

const shapeFile = new URL('../data/session-shape.jsonl', import.meta.url)

/** A real session's times, sizes and bills, with words of our own. */
export function sessionFromShape(): readonly Step[] {
  const rows = readFileSync(shapeFile, 'utf8').trim().split('\n')
  const calls = new Map<number, { readonly path: number | undefined }>()
  let cached = 0
  return rows.flatMap((row, index): Step[] => {
    const values: Json = JSON.parse(row)
    const [kind, , ...rest] = asList(values)
    const number = (at: number): number => asNumber(rest[at]) ?? 0
    switch (kind) {
      case 'user':
        return [{ kind, text: new Words(index).text(number(0)) }]
      case 'assistant': {
        const [input = 0, read = 0, write = 0, outputTokens = 0] = asList(rest[4]).map((each) =>
          asNumber(each),
        )
        const isEvicted =
          cached > 0 && (read ?? 0) < cached / 2 && (input ?? 0) + (write ?? 0) + (read ?? 0) > cached / 2
        cached = (read ?? 0) + (write ?? 0)
        return [
          {
            kind: 'turn',
            askedMs: number(0),
            endedMs: asNumber(asList(values)[1]) ?? 0,
            text: new Words(index).text(number(1)),
            thinking: number(2) > 0 ? new Words(index + 5).text(number(2)) : '',
            calls: asList(rest[3]).map((each) => callFrom(asList(each), index, calls)),
            outputTokens: outputTokens ?? 0,
            isEvicted,
          },
        ]
      }
      case 'result': {
        const isFile = calls.get(number(0))?.path !== undefined
        const words = new Words(number(3) + 100_000)
        const text = isFile ? words.text(number(1)) : words.noise(number(1))
        return [{ kind, callId: `toolu_${number(0)}`, text, failed: number(4) === 1 }]
      }
      case 'thinking':
        return [{ kind, level: asText(rest[0]) ?? '' }]
      case 'compaction':
        return [{ kind, summary: new Words(index).text(number(0)), keepFrom: number(1) - 1 }]
      default:
        return []
    }
  })
}

function callFrom(
  [id, tool, bytes, path, program]: readonly Json[],
  seed: number,
  calls: Map<number, { readonly path: number | undefined }>,
): StepCall {
  const filler = new Words(seed + 77).text(Math.max(1, (asNumber(bytes) ?? 0) - 40))
  calls.set(asNumber(id) ?? -1, { path: asNumber(path) })
  const input =
    asNumber(path) === undefined
      ? { command: `${asText(program) === 'npm run' ? 'chatter' : (asText(program) ?? 'ls')} ${filler}` }
      : { path: `/src/file-${asNumber(path)}.ts`, ...(tool === 'read' ? {} : { content: filler }) }
  return { id: `toolu_${asNumber(id)}`, tool: asText(tool) ?? '', input }
}

/** A session in the agent's own log, as it was. */
export function sessionFromLog(file: string): readonly Step[] {
  let cached = 0
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .flatMap((row): Step[] => {
      const entry = asObject(JSON.parse(row))
      const atMs = Date.parse(asText(entry['timestamp']) ?? '')
      if (entry['type'] === 'thinking_level_change')
        return [{ kind: 'thinking', level: asText(entry['thinkingLevel']) ?? '' }]
      if (entry['type'] === 'compaction')
        return [
          {
            kind: 'compaction',
            summary: asText(entry['summary']) ?? '',
            keepFrom: (asNumber(entry['firstKeptEntryIndex']) ?? 1) - 1,
          },
        ]
      const message = asObject(entry['message'])
      const parts = asList(message['content']).map(asObject)
      const joined = (type: string, field: string): string =>
        parts.flatMap((part) => (part['type'] === type ? (asText(part[field]) ?? []) : [])).join('\n')
      switch (message['role']) {
        case 'user':
          return [{ kind: 'user', text: joined('text', 'text') || 'go on' }]
        case 'toolResult':
          return [
            {
              kind: 'result',
              callId: asText(message['toolCallId']) ?? '',
              text: joined('text', 'text'),
              failed: message['isError'] === true,
            },
          ]
        case 'assistant': {
          const usage = asObject(message['usage'])
          const count = (name: string): number => asNumber(usage[name]) ?? 0
          const read = count('cacheRead')
          const all = count('input') + read + count('cacheWrite')
          const isEvicted = cached > 0 && read < cached / 2 && all > cached / 2
          cached = read + count('cacheWrite')
          return [
            {
              kind: 'turn',
              askedMs: (asNumber(message['timestamp']) ?? atMs) - 0,
              endedMs: atMs,
              text: joined('text', 'text'),
              thinking: joined('thinking', 'thinking'),
              calls: parts.flatMap((part) =>
                part['type'] === 'toolCall'
                  ? [
                      {
                        id: asText(part['id']) ?? '',
                        tool: asText(part['name']) ?? '',
                        input: part['arguments'] ?? {},
                      },
                    ]
                  : [],
              ),
              outputTokens: count('output'),
              isEvicted,
            },
          ]
        }
        default:
          return []
      }
    })
}

export interface Making {
  readonly rounds: number
  /** Of a result, about. */
  readonly bytes: number
  /** In a hundred rounds: pauses beyond what a cache outlives, changes of thinking, of tools. */
  readonly misses: number
  /** In a hundred rounds: restarts, resumptions, retries, summaries. */
  readonly turmoil: number
}

/** A session made up: files are read and read again, commands are noisy, people pause. */
export function sessionFromSeed(seed: number, { rounds, bytes, misses, turmoil }: Making): readonly Step[] {
  const words = new Words(seed)
  const steps: Step[] = [{ kind: 'user', text: words.text(300) }]
  const files = Array.from({ length: 12 }, (_, at) => new Words(seed * 100 + at).text(bytes))
  let nowMs = 0
  for (let round = 0; round < rounds; round++) {
    nowMs += 2_000 + words.next(20_000)
    if (words.next(100) < misses) {
      const kind = words.next(4)
      if (kind === 0) steps.push({ kind: 'thinking', level: 'x'.repeat(1 + words.next(5)) })
      else if (kind === 1) steps.push({ kind: 'tools', count: 8 + words.next(5) })
      else nowMs += 330_000
    }
    const askedMs = nowMs
    const endedMs = askedMs + 1_000 + words.next(5_000)
    nowMs = endedMs
    const calls = Array.from({ length: 1 + words.next(2) }, (_, at) =>
      madeCall(`${seed}-${round}-${at}`, words),
    )
    const thinking = words.next(3) === 0 ? words.text(200) : ''
    const turn = { askedMs, endedMs, thinking, calls, outputTokens: 100 + words.next(300), isEvicted: false }
    steps.push({ kind: 'turn', text: words.text(120), ...turn })
    for (const call of calls)
      steps.push({ kind: 'result', callId: call.id, ...madeResult(call, files, words, bytes) })
    if (words.next(8) === 0) steps.push({ kind: 'user', text: words.text(200) })
    if (words.next(100) < turmoil) steps.push(upheaval(words, steps.length))
  }
  return steps
}

function upheaval(words: Words, at: number): Step {
  const kinds = ['restart', 'resume', 'retry', 'side', 'compaction'] as const
  const kind = kinds[words.next(kinds.length)] ?? 'restart'
  return kind === 'compaction' ? { kind, summary: words.text(800), keepFrom: at - 12 } : { kind }
}

function madeCall(id: string, words: Words): StepCall {
  if (words.next(2) === 0) return { id, tool: 'read', input: { path: `/src/file-${words.next(12)}.ts` } }
  return {
    id,
    tool: 'bash',
    input: { command: words.next(2) === 0 ? 'chatter --all' : `make ${words.next(9)}` },
  }
}

function madeResult(
  { input }: StepCall,
  files: string[],
  words: Words,
  bytes: number,
): { readonly text: string; readonly failed: boolean } {
  const path = asText(asObject(input)['path'])
  if (path === undefined) return { text: words.noise(words.next(bytes)), failed: words.next(10) === 0 }
  const file = Number(/\d+/.exec(path)?.[0])
  if (words.next(3) === 0) files[file] = (files[file] ?? '').replace('return', `return ${words.next(99)}`)
  return { text: files[file] ?? '', failed: false }
}
