/** A plan in the words of a POSIX shell: for people to read and paste, and for the launcher to become. */
import type { Plan } from './plan.ts'
import { quoteAlways, quoteWord } from './quote.ts'

/** For people. `secret` is not printed: `$PROXY_AUTH_KEY` stands in its place. */
export function planForPeople(plan: Plan, secret: string | undefined): string {
  const shown = (name: string, value: string): string =>
    secret !== undefined && value.includes(secret)
      ? `${name}="${value.split(secret).map(insideDoubleQuotes).join('$PROXY_AUTH_KEY')}"`
      : `${name}=${quoteWord(value)}`
  const settings = Object.entries(plan.env).map(([name, value]) => shown(name, value))
  const unset = plan.unset.flatMap((name) => ['-u', name])
  const command = [plan.program, ...plan.args].map(quoteWord).join(' ')
  const lines = [
    ...(unset.length > 0 || settings.length > 0 ? [['env', ...unset].join(' ')] : []),
    ...settings,
    `${command}${plan.stdin === 'none' ? ' </dev/null' : ''}`,
  ]
  const files = plan.files.map(({ path }) => `# a file of the launcher’s own: ${path}\n`)
  return `${files.join('')}${lines.join(' \\\n  ')}\n`
}

const insideDoubleQuotes = (text: string): string => text.replaceAll(/[\\"`$]/g, String.raw`\$&`)

/** For `eval`: the shell ends in the agent, and nothing of ours stays. */
export const planAsScript = (plan: Words): string =>
  [...setEnvironment(plan), `exec ${programWords(plan)}`].join('\n')

type Words = Pick<Plan, 'program' | 'args' | 'env' | 'unset' | 'stdin'> & { readonly cwd?: string }

/** And the folder. */
export function setEnvironment({ env, unset, cwd }: Pick<Words, 'env' | 'unset' | 'cwd'>): readonly string[] {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${quoteAlways(value)}`)
  return [
    ...(cwd === undefined ? [] : [`cd ${quoteAlways(cwd)} || exit`]),
    ...(unset.length > 0 ? [`unset ${unset.join(' ')}`] : []),
    ...(settings.length > 0 ? [`export ${settings.join(' ')}`] : []),
  ]
}

/** The command line alone. */
export const programWords = ({ program, args, stdin }: Omit<Words, 'env' | 'unset'>): string =>
  `${[program, ...args].map(quoteAlways).join(' ')}${stdin === 'none' ? ' </dev/null' : ''}`
