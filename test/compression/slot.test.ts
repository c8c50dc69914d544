/** The slot in the gateway: what upstreams are sent in place of what tools returned. */
import { describe, expect, it } from 'vitest'
import type { DialectId } from '../../src/conversation/conversation.ts'
import { everyPair, rig, settled } from '../gateway/rig.ts'
import {
  chatter,
  MemoryBirths,
  MemoryOriginals,
  quiet,
  type ShelterOptions,
  settingsWith,
  shelter,
} from './shelter.ts'
import { type Round, talk } from './talk.ts'

const noisy = chatter('answer "42" \\ ü')

const session = { 'x-session-id': 's1' }

async function played(
  options: ShelterOptions & {
    from?: DialectId
    to?: DialectId
    body: unknown
    headers?: Record<string, string>
  },
) {
  const home = shelter(options)
  const { from = 'anthropic', to = from, body, headers = session } = options
  const made = rig({ from, to, body, headers, compress: home.compressor.compress })
  await settled()
  return { ...made, ...home }
}

describe('What a tool returned goes out shorter', () => {
  it.each(everyPair)('from $from to $to', async ({ from, to }) => {
    const { last } = await played({ from, to, body: talk(from, [['chatter --loud', noisy]]) })
    const sent = last().bodyText
    expect(sent).not.toContain('noise of a machine')
    expect(sent).toContain('fact: answer')
    expect(sent).toContain('[+60 lines hidden: noise — clutch show rabcde]')
  })

  it('and every other byte is the client’s own', async () => {
    const body = talk('anthropic', [['chatter', noisy]], { temperature: 1, metadata: { user_id: 'ü' } })
    const text = JSON.stringify(body, null, 2).replace('"temperature": 1', '"temperature":  1.0')
    const { last } = await played({ body: text })
    const [before, after] = text.split(JSON.stringify(noisy))
    const sent = last().bodyText
    expect(sent.startsWith(before!.replace('"opus"', '"m1"'))).toBe(true)
    expect(sent.endsWith(after!)).toBe(true)
  })

  it('and is kept before it is hidden', async () => {
    const { originals } = await played({ body: talk('anthropic', [['chatter', noisy]]) })
    expect(originals instanceof MemoryOriginals && [...originals.texts.values()]).toEqual([noisy])
  })

  it('and says what it did', async () => {
    const { client, last, records } = await played({ body: talk('anthropic', [['chatter', noisy]]) })
    const saved = JSON.stringify(talk('anthropic', [['chatter', noisy]])).length - last().bodyText.length
    last().stream(
      'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m1","content":[],"usage":{"input_tokens":9,"cache_creation_input_tokens":2000,"output_tokens":1}}}\n\n',
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"ok"}}\n\n',
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    )
    last().end()
    await settled()
    expect(client.headers['x-clutch-cache']).toMatch(
      /^same=0; kept=0; body=\d+; saved=\d{4}; level=balanced$/,
    )
    const note = records[0]?.cache
    expect(note).toMatchObject({ level: 'balanced', sameBytes: 0, keptBytes: 0 })
    expect(note?.savedBytes).toBeGreaterThan(saved - 50)
    expect(note?.savedTokens).toBeGreaterThan(1000)
  })
})

describe('It goes out as the client wrote it', () => {
  const stays = async (options: ShelterOptions & { body?: unknown; headers?: Record<string, string> }) => {
    const { last } = await played({ body: talk('anthropic', [['chatter', noisy]]), ...options })
    expect(last().bodyText).toContain(JSON.stringify(noisy))
  }

  it('when the level is off, wherever that is said', async () => {
    await stays({ settings: { level: 'off' } })
    await stays({ settings: { tools: { 'B*': 'off' } } })
    await stays({ settings: { commands: { 'chat*': 'off' } } })
    await stays({
      settings: { agents: { claude: 'off' } },
      headers: { ...session, 'user-agent': 'claude-cli/2.1' },
    })
    await stays({ headers: { ...session, 'x-clutch-compress': 'off' } })
    await stays({ body: talk('anthropic', [['CLUTCH_COMPRESS=off chatter', noisy]]) })
  })

  it('when the session is held out', () => stays({ settings: { holdout: 1 } }))

  it('when it is shorter than the least', () => stays({ settings: { minTokens: 5000 } }))

  it('when the original cannot be kept', async () => {
    const originals = new MemoryOriginals()
    originals.refuses = true
    await stays({ originals })
  })

  it('when the filter throws', async () => {
    const shorten = () => {
      throw new Error('a bad filter')
    }
    await stays({ filters: [{ ...quiet, shorten }] })
  })

  it('when the filter takes more than 20 ms', async () => {
    await stays({ stopwatch: () => () => 21 })
  })

  it('when it takes so long that nobody tries again', async () => {
    const times = [201, 1]
    await stays({ stopwatch: () => () => times.shift() ?? 0 })
    expect(times).toEqual([1])
  })

  it('when it was there before this gateway was asked', async () => {
    const { last } = await played({
      body: talk('anthropic', [
        ['chatter', noisy],
        ['chatter', chatter('new')],
      ]),
    })
    expect(last().bodyText).toContain(JSON.stringify(noisy))
    expect(last().bodyText).not.toContain(JSON.stringify(chatter('new')))
  })
})

describe('A filter that is slow only the first time', () => {
  const two: Round = ['chatter', chatter('two')]

  it('was being compiled: what it says counts', async () => {
    const times = [60, 50, 30, 4]
    const { last } = await played({
      body: talk('anthropic', [['chatter', noisy]]),
      stopwatch: () => () => times.shift() ?? 0,
    })
    expect(last().bodyText).toContain('[+60 lines hidden: noise')
    expect(times).toEqual([])
  })

  it('is left out for as long as the conversation lasts where it is slow again, and for no other one', async () => {
    const births = new MemoryBirths()
    const times = [60, 50, 91]
    const options = { births, stopwatch: () => () => times.shift() ?? 0 }
    const slow = await played({ ...options, body: talk('anthropic', [['chatter', noisy]]) })
    slow.ask(talk('anthropic', [['chatter', noisy], two]), session)
    await settled()
    expect(slow.last().bodyText).toContain(JSON.stringify(noisy))
    expect(slow.last().bodyText).toContain(JSON.stringify(two[1]))
    const again = await played({ births, body: talk('anthropic', [['chatter', noisy]]) })
    expect(again.last().bodyText, 'the same session after a restart').toContain(JSON.stringify(noisy))
    const headers = { 'x-session-id': 's2' }
    const other = await played({ births, headers, body: talk('anthropic', [['chatter', noisy]]) })
    expect(other.last().bodyText).toContain('[+60 lines hidden: noise')
  })
})

it('A filter that was late has one try in the next conversation, until it is in time', async () => {
  const times = [201, 30, 10, 30, 10]
  const body = talk('anthropic', [['chatter', noisy]])
  const made = await played({ body, stopwatch: () => () => times.shift() ?? 0 })
  const sentIn = async (id: string): Promise<string> => {
    made.ask(body, { 'x-session-id': id })
    await settled()
    return made.last().bodyText
  }
  expect(await sentIn('s2')).toContain(JSON.stringify(noisy))
  expect(times).toEqual([10, 30, 10])
  expect(await sentIn('s3')).toContain('[+60 lines hidden: noise')
  const other = talk('anthropic', [['chatter', chatter('two')]])
  made.ask(other, { 'x-session-id': 's4' })
  await settled()
  expect(made.last().bodyText).toContain('[+60 lines hidden: noise')
  expect(times).toEqual([])
})

describe('What was decided stays', () => {
  const one: Round = ['chatter', noisy]
  const two: Round = ['chatter', chatter('two')]

  const sentBy = async (
    options: ShelterOptions,
    rounds: readonly Round[],
    headers: Record<string, string> = {},
  ) => {
    const body = talk('anthropic', rounds)
    const { last } = await played({ ...options, body, headers: { ...session, ...headers } })
    return last().bodyText
  }

  /** Where the first message that the longer one adds begins. */
  const isPrefix = (shorter: string, longer: string) =>
    expect(longer.startsWith(shorter.slice(0, shorter.lastIndexOf(']}')).replace(/\]$/, ''))).toBe(true)

  it('over turns, restarts, changes of level and new filters', async () => {
    const births = new MemoryBirths()
    const first = await sentBy({ births }, [one])
    expect(first).not.toContain('noise of a machine')
    isPrefix(first, await sentBy({ births }, [one, two]))
    isPrefix(first, await sentBy({ births, settings: { level: 'off' } }, [one, two]))
    isPrefix(first, await sentBy({ births }, [one, two], { 'x-clutch-compress': 'off' }))
    const newer = await sentBy({ births, filterSet: 'fs2', filters: [] }, [
      one,
      two,
      ['chatter', chatter('three')],
    ])
    isPrefix(first, newer)
    expect(newer, 'a session keeps the filters it began with').toContain(JSON.stringify(chatter('three')))
  })

  it('when it was to leave it alone', async () => {
    const births = new MemoryBirths()
    const first = await sentBy({ births }, [one], { 'x-clutch-compress': 'off' })
    isPrefix(first, await sentBy({ births }, [one, two]))
  })

  it('when the session goes on under another name', async () => {
    const births = new MemoryBirths()
    const first = await sentBy({ births }, [one])
    isPrefix(first, await sentBy({ births }, [one, two], { 'x-session-id': 'another' }))
  })

  it('when the store is lost: it is derived again, and by other filters not at all', async () => {
    const births = new MemoryBirths()
    const first = await sentBy({ births }, [one])
    const empty = new MemoryBirths()
    empty.isLost = true
    isPrefix(first, await sentBy({ births: empty }, [one, two]))
    for (const scope of births.scopes.values()) scope.filterSet = 'fs0'
    births.births.clear()
    for (const scope of births.scopes.values())
      for (const telling of scope.told.values()) scope.told.set(telling.place, { ...telling, birth: 'gone' })
    expect(await sentBy({ births }, [one, two])).toContain(JSON.stringify(noisy))
  })

  it('whatever the settings become while it runs', async () => {
    const { compressor, ask, upstream } = await played({ body: talk('anthropic', [one]) })
    compressor.obey({ compression: settingsWith({ level: 'off' }) })
    ask(talk('anthropic', [one, two]), session)
    await settled()
    const [first, second] = upstream.map((each) => each.bodyText)
    isPrefix(first!, second!)
    expect(second).toContain(JSON.stringify(chatter('two')))
  })
})
