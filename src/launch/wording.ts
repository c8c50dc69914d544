/** How a launch is typed: for refusals, and to launch the same again. */
import { writeCode } from './code.ts'
import { quoteWord } from './quote.ts'
import type { LaunchRequest } from './request.ts'

export const commandFor = (asked: LaunchRequest): string =>
  ['xx', ...wordsFor(asked).map(quoteWord)].join(' ')

/** The words behind `xx`; what decides how it is started (`-n`, `-v`) is not among them. */
export function wordsFor(asked: LaunchRequest): readonly string[] {
  const { session, model, prompt, stdin, profile, provider, safe, native, guard } = asked
  const option = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value])
  return [
    writeCode(asked),
    ...option('-s', session),
    ...option('--profile', profile),
    ...option('-P', provider),
    ...option('-m', model),
    ...(safe === undefined ? [] : [safe ? '--safe' : '--no-safe']),
    ...(guard ? [] : ['--no-cg']),
    ...(stdin ? ['--stdin'] : []),
    ...(prompt === undefined ? [] : [prompt]),
    ...(native.length > 0 ? ['--', ...native] : []),
  ]
}
