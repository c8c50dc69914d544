// Before anything is timed: does the target really forward? One whole reply and one stream per lane, read and compared.
import { streamContent } from './replies.mjs'

const PLACES = { same: '/v1/messages', cross: '/v1/chat/completions' }

async function asked(target, lane, stream) {
  const reply = await fetch(`http://${target.host}:${target.port}${target.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'bench', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({
      model: target.models[lane],
      max_tokens: 1000,
      stream,
      messages: [{ role: 'user', content: 'Say something.' }],
    }),
  })
  return { status: reply.status, text: await reply.text() }
}

const DELTA = /^event: content_block_delta\r?\ndata: (.*)$/gm

function deltas(text) {
  return [...text.matchAll(DELTA)].map(([, data]) => JSON.parse(data).delta)
}

function complaint({ status, text }, stream, events) {
  if (status !== 200) return `HTTP ${status} ${text.slice(0, 300)}`
  if (!stream) return JSON.parse(text).content?.[0]?.text ? null : `no text in ${text.slice(0, 300)}`
  const read = deltas(text).map((delta) => delta.text ?? delta.partial_json)
  return read.join('') === streamContent(events)
    ? null
    : `the stream says something else: ${text.slice(-400)}`
}

/** Throws when a lane does not work; returns remarks when it works in an unexpected way. */
export async function check(bench, target) {
  const remarks = []
  for (const lane of Object.keys(target.models)) {
    for (const stream of [false, true]) {
      const events = 50
      await bench.mock.ask('behave', { events, keepBody: true })
      const reply = await asked(target, lane, stream)
      const wrong = complaint(reply, stream, events)
      const { last } = await bench.mock.ask('seen')
      if (!last)
        throw new Error(
          `${target.name}, ${lane} dialect: nothing reached the upstream (${wrong ?? 'yet it answered'})`,
        )
      if (wrong) throw new Error(`${target.name}, ${lane} dialect${stream ? ', streaming' : ''}: ${wrong}`)
      const count = deltas(reply.text).length
      if (stream && count !== events)
        remarks.push(`${target.name}, ${lane} dialect: ${events} deltas became ${count}`)
      if (!target.isExternal && !last.path.endsWith(PLACES[lane]))
        remarks.push(`${target.name} asked ${last.path} upstream for the ${lane} lane`)
    }
  }
  return remarks
}
