/** Whether a client was deceived by a reply that was cut. */
import type { CutStage, Verdict } from './cut-stage.ts'
import type { HeardCall } from './heard.ts'
import type { Answered } from './stage.ts'

/** What is wrong with a reply whose upstream was cut; `over`: the upstream had said that it was done. */
export function objection(
  client: Answered,
  stage: Pick<CutStage, 'judge'>,
  all: Verdict,
  over: boolean,
): string | undefined {
  if (client.status === 0) return all.failed ? undefined : 'nothing was said at all' // else it is asked again
  if (!client.ended) return 'the client is left waiting'
  if (client.status !== 200) return client.status >= 400 ? undefined : `status ${client.status}`
  const { heard, faults, failed } = stage.judge(client.text)
  if (!all.heard.text.startsWith(heard.text)) return `the text is not a beginning: ${heard.text}`
  if (heard.calls.length > 0 && !heard.calls.every((call) => includes(all.heard.calls, call)))
    return `calls that were not made: ${JSON.stringify(heard.calls)}`
  if (faults.length > 0 && all.faults.length === 0) return faults.join('; ')
  if (failed) return undefined
  if (!over) return `it ends in ${heard.stop}`
  return heard.stop === all.heard.stop && heard.text === all.heard.text ? undefined : 'it ends otherwise'
}

const includes = (calls: readonly HeardCall[], one: HeardCall): boolean =>
  calls.some(({ name, args }) => name === one.name && args === one.args)
