// Every agent, mode, route and option, as command lines that people have read: golden/<agent>.txt.
import { describe, expect, it } from 'vitest'
import { agents } from '../../src/agents/index.ts'
import { quoteWord } from '../../src/launch/quote.ts'
import { isRefusal } from '../../src/launch/request.ts'
import { plan } from './around.ts'

const modes = ['i', 'c', 'n', 's', 'r']
const routes = ['p', 'b', 'd']
/** Added to the code, and what follows it. */
const options: readonly (readonly [suffix: string, words: readonly string[]])[] = [
  ['', []],
  ['', ['fix the test']],
  ['', ['-s', 'ID']],
  ['', ['-s', 'ID', 'fix the test']],
  ['', ['-m', 'NAME']],
  ['', ['--safe']],
  ['k', []],
]

function told(words: readonly string[]): string {
  const found = plan(words)
  if (isRefusal(found)) return `refused: ${found.problem}\n        try: ${found.instead}`
  const { program, args, stdin } = found
  return `${[program, ...args].map(quoteWord).join(' ')}${stdin === 'none' ? ' </dev/null' : ''}`
}

function surroundingsTold(code: string): string {
  const found = plan(code)
  if (isRefusal(found)) return `refused: ${found.problem}`
  const set = Object.entries(found.env).map(([name, value]) => `    ${name}=${value}\n`)
  const files = found.files.map(({ path }) => `    file ${path}\n`)
  return [...set, ...files, ...found.unset.map((name) => `    unset ${name}\n`)].join('')
}

describe('the golden table', () => {
  it.each(agents)('$title: 5 modes, 3 routes, 7 options', async ({ letter, id }) => {
    const rows = modes.flatMap((mode) =>
      routes.flatMap((route) =>
        options.map(([suffix, words]) => {
          const typed = [`${letter}${mode}${route}${suffix}`, ...words]
          return `xx ${typed.map(quoteWord).join(' ')}\n    ${told(typed)}\n`
        }),
      ),
    )
    const environments = routes.map((route) => `route ${route}\n${surroundingsTold(`${letter}i${route}`)}`)
    await expect(`${environments.join('\n')}\n${rows.join('')}`).toMatchFileSnapshot(`golden/${id}.txt`)
  })

  it('has no row that loses what was typed: the id, the model and the prompt are in the command line or it is refused', () => {
    for (const { letter } of agents)
      for (const mode of modes)
        for (const route of routes)
          for (const [suffix, words] of options) {
            const found = plan([`${letter}${mode}${route}${suffix}`, ...words])
            if (isRefusal(found)) continue
            const line = [...found.args, ...Object.values(found.env)].join(' ')
            for (const word of words.filter((one) => !one.startsWith('-'))) expect(line).toContain(word)
            if (suffix === 'k') expect(line).toContain('moonshotai/kimi-k2.6')
          }
  })

  it('offers instead of a refused launch only what is not refused', () => {
    for (const { letter } of agents)
      for (const mode of modes)
        for (const route of routes)
          for (const [suffix, words] of options) {
            const found = plan([`${letter}${mode}${route}${suffix}`, ...words])
            if (!isRefusal(found)) continue
            const again = found.instead.replaceAll(/'([^']*)'/g, (_, text: string) =>
              text.replaceAll(' ', '\u0000'),
            )
            const typed = again.split(' ').map((word) => word.replaceAll('\u0000', ' '))
            expect(isRefusal(plan(typed.slice(1))), `${found.problem} → ${found.instead}`).toBe(false)
          }
  })
})
