// The three agents that npm does not have, against stand-ins that accept only what their documents name.
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isRefusal } from '../../src/launch/request.ts'
import { plan } from '../launch/around.ts'
import { bundleLauncher, install } from '../launch/built.ts'

interface Documented {
  readonly letter: string
  readonly program: string
  /** First words that choose what it does; '' is none. */
  readonly commands: readonly string[]
  readonly switches: readonly string[]
  readonly options: readonly string[]
  /** A last flag that takes the prompt as its value. */
  readonly promptFlag: string
}

const documented: readonly Documented[] = [
  {
    letter: 'h',
    program: 'hermes',
    commands: ['chat', 'sessions browse'],
    switches: ['--yolo', '--accept-hooks', '-c', '-Q', '--oneshot'],
    options: ['--provider', '-m', '-r', '-q'],
    promptFlag: '-q',
  },
  {
    letter: 'a',
    program: 'ante',
    commands: [''],
    switches: ['--yolo'],
    options: ['--provider', '--model', '--resume', '-p', '--permission-mode'],
    promptFlag: '-p',
  },
  {
    letter: 'g',
    program: 'agy',
    commands: [''],
    switches: ['--dangerously-skip-permissions', '-c'],
    options: ['--model', '--effort', '--conversation', '--print-timeout', '--output-format', '-p', '-i'],
    promptFlag: '-p',
  },
]

/** A program in the same words: prints `fine`, or complains and fails as they would. */
function standIn({ commands, switches, options, promptFlag }: Documented): string {
  return `#!/usr/bin/env node
const [switches, options, commands] = ${JSON.stringify([switches, options, commands])}
const words = process.argv.slice(2)
const fail = (why) => { console.log(why); process.exit(2) }
const command = commands.find((one) => words.slice(0, one.split(' ').length).join(' ') === one) ?? ''
if (command === '' && !commands.includes('')) fail('no command')
words.splice(0, command === '' ? 0 : command.split(' ').length)
while (words.length > 0) {
  const word = words.shift()
  if (switches.includes(word)) continue
  if (!options.includes(word)) fail('unknown ' + word)
  const value = words.shift()
  if (value === undefined || value.startsWith('-')) fail('no value for ' + word)
  if (word === '${promptFlag}' && words.length > 0) fail('words after the prompt')
}
console.log('fine')
`
}

let bundle: string
beforeAll(async () => {
  bundle = await bundleLauncher()
})
afterAll(() => rmSync(bundle, { recursive: true }))

describe.each(documented)('$program', (agent) => {
  it('takes every command line that is made for it', () => {
    const place = install(bundle)
    place.config({ launch: {} })
    place.program(agent.program, standIn(agent))
    const endings = ['', '-s ID', 'go on', '-s ID go on', '-m NAME', '--safe', '-- --yolo-is-not-for-agy']
    const ran = ['i', 'c', 'n', 's', 'r'].flatMap((mode) =>
      endings.slice(0, 6).flatMap((ending) => {
        const typed = `${agent.letter}${mode}d ${ending}`.trim().split(' ')
        if (isRefusal(plan(typed, { newestSession: 'ses_1' }))) return []
        const { stdout, stderr } = place.run(typed)
        return [stdout.trim() === '' && /no session of it was found/.test(stderr) ? 'fine' : stdout.trim()]
      }),
    )
    place.remove()
    expect(ran.length).toBeGreaterThan(8)
    expect(new Set(ran)).toEqual(new Set(['fine']))
  }, 60_000)

  it('takes what points it at the gateway as well', () => {
    for (const mode of ['i', 'c', 'n', 's', 'r'])
      for (const ending of ['', ' -s ID', ' go on', ' -s ID -m NAME go on']) {
        const found = plan(`${agent.letter}${mode}p${ending}`.split(' '))
        if (isRefusal(found)) continue
        const flags = found.args.filter((word) => word.startsWith('-'))
        for (const flag of flags) expect([...agent.switches, ...agent.options]).toContain(flag)
      }
  })
})
