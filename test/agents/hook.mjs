// Proof with the real Claude Code: the hook is installed into a throw-away home, a tool prints a long output, and what
// the model is sent is the short one; a failed command and the settings afterwards are as they were.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { claude } from './claude.mjs'
import { installAgents } from './runner/install.mjs'
import { endAll, start } from './runner/processes.mjs'
import { dropAllScratch, makeScratch } from './runner/scratch.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const cache = resolve(root, process.env.CLUTCH_AGENTS_CACHE ?? '.cache/agents')
const clutch = [process.execPath, join(root, 'bin', 'clutch')]
process.once('exit', () => {
  endAll()
  dropAllScratch()
})

const home = makeScratch(tmpdir(), 'clutch-hook-')
const work = join(home, 'work')
const env = { PATH: process.env.PATH, HOME: home, PORT: '1' }
for (let n = 0; n < 4; n++) {
  mkdirSync(join(work, `part-${n}`), { recursive: true })
  const lines = Array.from(
    { length: 40 },
    (_, line) => `value ${line} is to be found ${(line * 7919) % 1000}`,
  )
  writeFileSync(join(work, `part-${n}`, 'long-file-name.txt'), `${lines.join('\n')}\n`)
}

const commands = ['grep -rn found .', 'grep -rn found . ; exit 3']
// Fewer than 10,000 characters: of a failed command's output Claude Code itself keeps no more.
const results = []

/** An upstream that asks for the commands, one after the other, and remembers what it is told of them. */
const server = createServer(async (request, response) => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  const body = JSON.parse(text || '{}')
  for (const block of [body.messages?.at(-1)?.content].flat())
    if (block?.type === 'tool_result' && !results.some((known) => known.tool_use_id === block.tool_use_id))
      results.push(block)
  const command = body.tools?.length > 0 ? commands[results.length] : undefined
  const content = command
    ? {
        block: { type: 'tool_use', id: `toolu_${results.length}`, name: 'Bash', input: {} },
        delta: { type: 'input_json_delta', partial_json: JSON.stringify({ command }) },
      }
    : { block: { type: 'text', text: '' }, delta: { type: 'text_delta', text: 'done' } }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (event) => response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: [],
    stop_reason: null,
  }
  send({ type: 'message_start', message: { ...message, usage: { input_tokens: 10, output_tokens: 1 } } })
  send({ type: 'content_block_start', index: 0, content_block: content.block })
  send({ type: 'content_block_delta', index: 0, delta: content.delta })
  send({ type: 'content_block_stop', index: 0 })
  send({
    type: 'message_delta',
    delta: { stop_reason: command ? 'tool_use' : 'end_turn' },
    usage: { output_tokens: 5 },
  })
  send({ type: 'message_stop' })
  response.end()
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))

function hook(...words) {
  const { status, stdout, stderr } = spawnSync(clutch[0], [clutch[1], 'hook', ...words], {
    env,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`clutch hook ${words.join(' ')}: ${status} ${stdout}${stderr}`)
}

function expect(what, holds) {
  process.stdout.write(`${holds ? '✓' : '✗'} ${what}\n`)
  if (!holds) process.exitCode = 1
}

const programs = await installAgents(cache, [claude], (line) => process.stderr.write(`${line}\n`))
const program = programs.get('claude')
if (program.error !== undefined) throw new Error(program.error)
mkdirSync(join(home, '.claude'))
writeFileSync(join(home, '.claude', 'settings.json'), '{"model":"sonnet"}')
hook('install')
const url = `http://127.0.0.1:${server.address().port}`
const { args, env: own } = claude.invocation({ url, key: 'k', model: 'claude-sonnet-4-5', prompt: 'go' })
const agent = start(program.command, [...program.args, ...args], { cwd: work, env: { ...env, ...own } })
const end = await agent.ended
server.close()
hook('uninstall')

const textOf = ({ content }) =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('')
const [short = '', failed = ''] = results.map(textOf)
const journal = readFileSync(join(home, '.xx', 'state', 'savings.jsonl'), 'utf8')
expect('Claude Code ran both commands and ended well', end.code === 0 && results.length === 2)
expect('the model was sent the shorter output', short.length > 0 && short.length < failed.length * 0.85)
expect(
  'every hit is in it',
  [...Array(40).keys()].every((line) => short.includes(`found ${(line * 7919) % 1000}`)),
)
expect(
  'a failed command is left as it is',
  failed.startsWith('Exit code 3') && failed.split('\n').length >= 161,
)
expect('the saving is in the journal', journal.includes('"mouth":"hook"'))
expect(
  'the settings are as they were',
  readFileSync(join(home, '.claude', 'settings.json'), 'utf8').trim() ===
    JSON.stringify({ model: 'sonnet' }, null, 2),
)
process.exit()
