/** `clutch mcp`: tools for agents, by the Model Context Protocol: one JSON-RPC message per line, on standard input and output. */
import { createInterface } from 'node:readline'
import { product } from '../server/version.ts'
import { asObject, asText, type Json, type JsonObject, tryParseJson } from '../wire/json.ts'
import { exitCodes, type Io } from './io.ts'
import { callAgent } from './mcp-tools/call-agent.ts'
import { show } from './mcp-tools/show.ts'
import type { McpTool } from './mcp-tools/tool.ts'

const tools: readonly McpTool[] = [callAgent, show]

const manual = `clutch mcp: tools for agents, over standard input and output (Model Context Protocol)

${tools.map(({ name, description }) => `  ${name.padEnd(12)} ${description.split('.')[0]}\n`).join('')}
  claude mcp add clutch -- clutch mcp
  codex mcp add clutch -- clutch mcp
`

/** The newest first; a client that asks for another one gets the newest. */
const versions = ['2025-06-18', '2025-03-26', '2024-11-05']

export async function mcpVerb(args: readonly string[], io: Io): Promise<number> {
  if (args.length > 0) {
    io.out(manual)
    return args[0] === '--help' || args[0] === '-h' ? exitCodes.ok : exitCodes.usage
  }
  await serveMcp(process.stdin, io)
  return exitCodes.ok
}

/** Resolves when the client has gone and nothing runs any more. */
export async function serveMcp(input: NodeJS.ReadableStream, io: Io): Promise<void> {
  const running = new Map<string, AbortController>()
  const waiting = new Set<Promise<void>>()
  for await (const line of createInterface({ input })) {
    if (line.trim() === '') continue
    const one = hear(line, running, io).then((reply) => {
      if (reply) io.out(`${JSON.stringify({ jsonrpc: '2.0', ...reply })}\n`)
      waiting.delete(one)
    })
    waiting.add(one)
  }
  for (const controller of running.values()) controller.abort()
  await Promise.all(waiting)
}

type Reply = { readonly id: Json; readonly result: object } | { readonly id: Json; readonly error: object }

const codes = { parse: -32700, request: -32600, method: -32601, params: -32602, internal: -32603 }

const failure = (id: Json, code: number, message: string): Reply => ({ id, error: { code, message } })

/** undefined: what was heard wants no answer. */
async function hear(line: string, running: Map<string, AbortController>, io: Io): Promise<Reply | undefined> {
  const message = tryParseJson(line)
  if (message === undefined) return failure(null, codes.parse, 'this is no JSON')
  const { id = null, method, params } = asObject(message)
  const name = asText(method)
  const given = asObject(params)
  if (name === 'notifications/cancelled') running.get(JSON.stringify(given['requestId']))?.abort()
  if (id === null) return undefined
  if (name === undefined) return failure(id, codes.request, 'this is no request')
  if (name !== 'tools/call') return answer(id, name, given)
  const controller = new AbortController()
  running.set(JSON.stringify(id), controller)
  try {
    return await call(id, given, io, controller.signal)
  } catch (error) {
    return failure(id, codes.internal, error instanceof Error ? error.message : String(error))
  } finally {
    running.delete(JSON.stringify(id))
  }
}

function answer(id: Json, method: string, { protocolVersion }: JsonObject): Reply {
  switch (method) {
    case 'initialize':
      return {
        id,
        result: {
          protocolVersion: versions.find((one) => one === protocolVersion) ?? versions[0],
          capabilities: { tools: {} },
          serverInfo: { name: product.name, version: product.version },
        },
      }
    case 'ping':
      return { id, result: {} }
    case 'tools/list':
      return {
        id,
        result: {
          tools: tools.map(({ name, description, input }) => ({ name, description, inputSchema: input })),
        },
      }
    default:
      return failure(id, codes.method, `there is no ${method} here`)
  }
}

async function call(
  id: Json,
  params: JsonObject,
  io: Io,
  cancelled: AbortSignal,
): Promise<Reply | undefined> {
  const tool = tools.find(({ name }) => name === params['name'])
  if (!tool) return failure(id, codes.params, `there is no tool ${JSON.stringify(params['name'] ?? null)}`)
  const { text, failed } = await tool.run(asObject(params['arguments']), io, cancelled)
  if (cancelled.aborted) return undefined
  return { id, result: { content: [{ type: 'text', text }], ...(failed && { isError: true }) } }
}
