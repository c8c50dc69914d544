/** Replies as bytes: whatever way they are cut, the same is read; what is no reply is refused. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReplyHead } from '../../src/world/reply-head.ts'
import { ReplyReader } from '../../src/world/reply-reader.ts'

interface Read {
  head?: ReplyHead
  body: string
  ended?: 'clean' | 'with more behind it'
  garbled?: string
}

function read(pieces: readonly string[], closes = false): Read {
  const result: Read = { body: '' }
  const reader = new ReplyReader({
    head: (head) => {
      result.head = head
    },
    data: (bytes) => {
      result.body += bytes.toString('latin1')
    },
    ended: (clean) => {
      result.ended = clean ? 'clean' : 'with more behind it'
    },
    garbled: (because) => {
      result.garbled = because
    },
  })
  reader.expect()
  for (const piece of pieces) if (!reader.isOver) reader.push(Buffer.from(piece, 'latin1'))
  if (closes && !reader.isOver) reader.finish()
  return result
}

const counted = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello'
const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;name=value\r\n,\r\n00A\r\n 0123 6789\r\n0\r\nAfter: all\r\n\r\n'
const early = `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${counted}`

/** At these places, and nowhere else. */
function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places)].sort((a, b) => a - b)
  return [0, ...at]
    .map((from, index) => text.slice(from, at[index] ?? text.length))
    .filter((piece) => piece !== '')
}

describe('a reply is read the same wherever the network cuts it', () => {
  test.each([
    ['with its length', counted, 'hello'],
    ['in chunks', chunked, 'hello, 0123 6789'],
    ['after others that only announce it', early, 'hello'],
    ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n', ''],
  ])('%s: at each single byte, and at any places', (_, text, body) => {
    for (let at = 1; at < text.length; at++)
      expect(read([text.slice(0, at), text.slice(at)])).toMatchObject({ body, ended: 'clean' })
    expect(read([...text])).toMatchObject({ body, ended: 'clean' })
    const places = fc.array(fc.integer({ min: 1, max: text.length - 1 }), { maxLength: 8 })
    fc.assert(
      fc.property(places, (at) => {
        expect(read(cut(text, at))).toMatchObject({ body, ended: 'clean' })
      }),
    )
  })

  test('one socket read is handed on as one piece, however many chunks it holds', () => {
    let pieces = 0
    const reader = new ReplyReader({
      head: () => undefined,
      data: () => void pieces++,
      ended: () => undefined,
      garbled: () => undefined,
    })
    reader.expect()
    reader.push(Buffer.from(chunked))
    expect(pieces).toBe(1)
  })

  test('cut short anywhere it never ends, unless the connection is its only end', () => {
    for (const text of [counted, chunked])
      for (let at = 0; at < text.length; at++) expect(read([text.slice(0, at)], true).ended).toBeUndefined()
    const rest = 'HTTP/1.1 200 OK\r\n\r\nhello'
    expect(read([rest])).toMatchObject({ body: 'hello' })
    expect(read([rest]).ended).toBeUndefined()
    expect(read([rest], true).ended).toBe('with more behind it')
  })
})

describe('a head', () => {
  const head = (text: string): ReplyHead | undefined => read([`${text}\r\n\r\n`]).head

  test('gives its headers in lower case, repeated ones as a list', () => {
    expect(
      head('HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie:b=2\r\nX-A:  b \r\nContent-Length: 0'),
    ).toMatchObject({
      status: 200,
      headers: { 'set-cookie': ['a=1', 'b=2'], 'x-a': 'b' },
      persists: true,
    })
  })

  test.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close', false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 0', false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive', true],
    ['HTTP/1.1 200 OK', false],
  ])('%s: the connection stays: %s', (text, persists) => expect(head(text)?.persists).toBe(persists))

  test('says how long the server keeps an idle connection', () => {
    expect(head('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=5, max=100')?.keepMs).toBe(5000)
  })
})

describe('what is no reply is refused, and nothing of it is believed', () => {
  test.each([
    ['no HTTP at all', '<html>hello</html>\r\n\r\n'],
    ['another version', 'HTTP/2 200\r\n\r\n'],
    ['a protocol change nobody asked for', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n'],
    ['two lengths that differ', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['another transfer coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\n\r\n'],
    ['a blank before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello'],
    ['a chunk without a length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello'],
    [
      'a chunk longer than it says',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n',
    ],
    [
      'a chunk length ended by a line feed alone',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n',
    ],
    [
      'a chunk of more than 2^44 bytes',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffff\r\n',
    ],
    ['a head without an end', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}`],
  ])('%s', (_, text) => {
    const { garbled, ended } = read([text])
    expect(garbled).toBeTypeOf('string')
    expect(ended).toBeUndefined()
  })

  test('a header that would change every object is refused', () => {
    expect(read(['HTTP/1.1 200 OK\r\n__proto__: x\r\n\r\n']).garbled).toBeTypeOf('string')
  })

  test('what comes behind a reply is told, so that the connection is not used again', () => {
    expect(read([`${counted}HTTP/1.1 200 OK\r\n`])).toMatchObject({
      body: 'hello',
      ended: 'with more behind it',
    })
  })
})
