import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadReader } from '../../src/world/reply-head.ts'

const line = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('Date', 'date', 'X-Request-Id', 'set-cookie', 'constructor', 'keep-alive'),
      fc.constantFrom('a', ' b ', 'timeout=5', '', 'a: b'),
    )
    .map(([name, value]) => `${name}:${value}`),
  fc.constantFrom('content-length: 3', 'Connection: close', 'Transfer-Encoding: chunked', 'no header', ': x'),
)
const head = fc
  .tuple(
    fc.constantFrom('HTTP/1.1 200 OK', 'HTTP/1.0 404 Not Found', 'HTTP/1.1 204 ', 'HTTP/2 200'),
    fc.array(line, { maxLength: 6 }),
  )
  .map(([first, lines]) => [first, ...lines].join('\r\n'))

describe('the heads of one server', () => {
  it('say each what they would say alone, whatever the one before said', () => {
    fc.assert(
      fc.property(fc.array(head, { maxLength: 8 }), (heads) => {
        const reader = new HeadReader()
        for (const text of heads) expect(reader.read(text)).toEqual(new HeadReader().read(text))
      }),
      { numRuns: 5_000 },
    )
  })

  it('are each their own: what was read before does not change when the next is read', () => {
    const reader = new HeadReader()
    const said = (value: string): string => `HTTP/1.1 200 OK\r\ncontent-length: 3\r\nx-request-id: ${value}`
    const first = reader.read(said('one'))
    reader.read(said('two'))
    expect(first).toMatchObject({ headers: { 'x-request-id': 'one', 'content-length': '3' } })
  })
})
