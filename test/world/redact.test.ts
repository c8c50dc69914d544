import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Redactor } from '../../src/world/redact.ts'

/** Put together here, so that no scanner takes these for somebody's keys. */
const key = (start: string): string => `${start}${'Ab3dEf6hIj9kLm2n'.repeat(2)}`

describe('secrets by their look', () => {
  test.each([
    key('sk-'),
    key('sk-ant-api03-'),
    key('sk-or-v1-'),
    key('sk-proj-'),
    key('xai-'),
    key('gsk_'),
    key('AIza'),
    key('nvapi-'),
    key('hf_'),
    key('csk-'),
    key('ghp_'),
    key('github_pat_'),
    `eyJ${key('hbGciOi')}.${key('payload')}.${key('sig')}`,
    `${'0123456789abcdef'.repeat(2)}.${'SecretPart1234'}`,
  ])('%s is taken out of a sentence', (secret) => {
    const line = new Redactor().text(`the provider says: key ${secret} is not valid`)
    expect(line).not.toContain(secret.slice(-12))
    expect(line).toMatch(/^the provider says: key .*\[redacted\] is not valid$/)
  })

  test.each([
    ['authorization: Bearer abcdef123', 'authorization: Bearer [redacted]'],
    ['BEARER abcdef123,', 'BEARER [redacted],'],
    ['https://h/v1?key=abc&alt=sse', 'https://h/v1?key=[redacted]&alt=sse'],
    ['https://h/v1?a=1&api_key=abc', 'https://h/v1?a=1&api_key=[redacted]'],
    ['https://h/v1?access_token=abc#x', 'https://h/v1?access_token=[redacted]#x'],
    ['http://user:pass@proxy:3128/', 'http://user:[redacted]@proxy:3128/'],
  ])('%s', (line, masked) => {
    expect(new Redactor().text(line)).toBe(masked)
  })

  test.each([
    'claude-sonnet-5 asked for 12 tools',
    'alpha/some-model ⇒ openrouter/moonshotai/kimi-k2.6:free',
    'req_GQ2PGn4cRjeAmvQGTPP4AJz0',
    'max_tokens: field required',
    'http://127.0.0.1:8082/v1/messages?beta=true',
    'a task-oriented disk-based risk_management desk',
  ])('leaves %s alone', (line) => {
    expect(new Redactor().text(line)).toBe(line)
  })
})

describe('secrets by the name of their field', () => {
  test('are masked at any depth, and counters are not', () => {
    const shown = new Redactor().fields({
      headers: { Authorization: 'x', 'X-Api-Key': 'y', cookie: 'z', 'x-goog-api-key': 'q', accept: 'a/b' },
      list: [{ password: 'p', client_secret: 's', access_token: 't', token: 'u' }],
      max_tokens: 9,
      usage: { input_tokens: 1 },
      key: 'k',
      absent: undefined,
    })
    expect(shown).toEqual({
      headers: {
        Authorization: '[redacted]',
        'X-Api-Key': '[redacted]',
        cookie: '[redacted]',
        'x-goog-api-key': '[redacted]',
        accept: 'a/b',
      },
      list: [
        {
          password: '[redacted]',
          client_secret: '[redacted]',
          access_token: '[redacted]',
          token: '[redacted]',
        },
      ],
      max_tokens: 9,
      usage: { input_tokens: 1 },
      key: '[redacted]',
    })
  })
})

describe('secrets of this installation', () => {
  test('are masked wherever they stand, whatever they look like', () => {
    const known = fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme-ascii' })
    fc.assert(
      fc.property(known, fc.string(), fc.string(), (secret, before, after) => {
        const text = `${before}${secret}${after}`
        const redactor = new Redactor([secret])
        expect(redactor.text(text).split('[redacted]').join('')).not.toContain(secret)
        expect(JSON.stringify(redactor.fields({ text }))).toContain('[redacted]')
      }),
    )
  })

  test('a value seen before is masked the second time too', () => {
    const redactor = new Redactor(['hunter2hunter2'])
    const fields = { because: 'hunter2hunter2 was refused' }
    expect(redactor.fields(fields)).toEqual(redactor.fields(fields))
    expect(redactor.fields(fields)).toEqual({ because: '[redacted] was refused' })
  })
})
