/** What some mouth has shortened is known by its last words, where they stand as ours and not as a quotation. */
import { describe, expect, it } from 'vitest'
import { omission, wasShortened } from '../../src/compression/omission.ts'
import { shorten } from '../../src/compression/shorten.ts'
import { filters } from '../../src/filters/index.ts'
import { originalId } from '../filters/needles.ts'

const line = omission(12, 'passing tests', 'r7f3a2')
const text = `first\n${line}\nlast`

describe('What was shortened before', () => {
  it.each([
    ['its own line', text],
    ['the first line', `${line}\nlast`],
    ['the last line', `first\n${line}`],
    ['nothing else', line],
    ['with line ends of Windows', text.replaceAll('\n', '\r\n')],
    ['indented', `first\n    ${line}\nlast`],
    ['inside a text of JSON', JSON.stringify({ output: text, metadata: { exit_code: 0 } })],
    ['alone in a text of JSON', JSON.stringify([{ type: 'text', text: line }])],
    ['inside JSON in JSON', JSON.stringify({ output: `first\r\n${line}\r\nlast` })],
    ['behind a workspace’s name', `packages/web test: ${line}\npackages/web test: Done`],
    ['behind a service’s name', `web-1  | first\nweb-1  | ${line}`],
    ['behind a time', `2026-03-03T10:12:00.1234567Z ${line}\n2026-03-03T10:12:01Z done`],
    ['behind a word of the agent’s', `Command: npm test\nOutput: ${line}\nExit Code: 0`],
    ['between tags', `<output>${line}</output>`],
    ['an old result', omission(40, 'an old result of bash make "all" [x]', 'rabcdef12')],
  ])('is known: %s', (_, said) => expect(wasShortened(said)).toBe(true))

  it.each([
    ['a search hit', `src/a.ts:12:${line}`],
    ['a search hit with a blank', `docs/a.md:12: ${line}`],
    ['a hit in one file', `12:  ${line}`],
    ['code', `const becomes = '${line}'\nexpect(told).toContain("${line}")`],
    ['a sentence', `It prints ${line} where lines were left out.`],
    ['a line that goes on', `${line} and more`],
    ['only its end', 'as said — clutch show r7f3a2]'],
    ['no id', '[+12 lines hidden: x — clutch show r…]'],
  ])('is not taken for it: %s', (_, said) => expect(wasShortened(said)).toBe(false))

  it('a search for our own words is shortened like any other', () => {
    const hits = Array.from(
      { length: 60 },
      (_, at) => `src/filters/some/deep/place/part-${at % 6}.ts:${at + 1}:      becomes: \`${line} ${at}`,
    )
    const outcome = shorten(
      { tool: 'Bash', commandLine: 'grep -rn hidden src', failed: false, text: hits.join('\n') },
      { level: 'lossless', originalId, filters },
    )
    expect(outcome).toMatchObject({ kind: 'shortened', tier: 0 })
  })

  it('is looked for in little time, whatever the text', () => {
    const hostile = [
      `${'["\\n'.repeat(200_000)}`,
      `${' — clutch show r7f3a2]\n'.repeat(45_000)}`,
      `${`x: ${line.slice(0, 18)} — clutch show r7f3a2]"`.repeat(20_000)}`,
      `${'[+1 lines hidden: '.repeat(50_000)}`,
    ]
    const cpu = process.cpuUsage()
    for (const said of hostile) wasShortened(said)
    expect(process.cpuUsage(cpu).user / 1000).toBeLessThan(2_000)
  })
})
