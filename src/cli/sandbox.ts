/** `clutch sandbox`: the manual of the sandbox's scripts, for people and as JSON. */
import { scripts } from '../sandbox/scripts/index.ts'

interface Io {
  out(text: string): void
  err(text: string): void
}

/** The exit code: 0, or 64 for words it does not know. */
export function sandboxVerb(args: readonly string[], io: Io): number {
  const [verb, option, ...others] = args
  if (verb === undefined || verb === '--help' || verb === '-h' || verb === 'help') {
    io.out(manual())
    return 0
  }
  if (verb === 'list' && others.length === 0 && (option === undefined || option === '--json')) {
    io.out(option === '--json' ? json() : list())
    return 0
  }
  io.err(`clutch sandbox: do not know "${args.join(' ')}"; there are --help, list and list --json\n`)
  return 64
}

const json = (): string =>
  `${JSON.stringify(
    scripts.map(({ name, usage, summary }) => ({ model: `sandbox/${name}`, parameters: usage, summary })),
    null,
    2,
  )}\n`

/** Long parameters push their summary to a line of its own. */
function list(): string {
  const column = 20
  return scripts
    .map(({ name, usage, summary }) => {
      const head = `  ${name}${usage}`
      return head.length < column
        ? `${head.padEnd(column)}${summary}\n`
        : `${head}\n${' '.repeat(column)}${summary}\n`
    })
    .join('')
}

const manual =
  (): string => `The sandbox answers in every dialect without a key and without a network. It plays the script that the
model name chooses: sandbox/<script>[:<parameter>…][@<dialect>]

${list()}
  @<dialect>        the gateway must speak anthropic, openai-chat, openai-responses or gemini to the
                    sandbox, whatever the client speaks; loop-gemini is short for loop@gemini

  clutch sandbox list [--json]             the scripts alone
  clutch serve --sandbox-fixture FILE      plays of your own, see docs/sandbox.md

Try it:  curl http://127.0.0.1:8082/v1/messages -d '{"model":"sandbox/text","max_tokens":99,
         "messages":[{"role":"user","content":"hello"}]}'
`
