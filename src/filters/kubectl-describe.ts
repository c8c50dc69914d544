/** kubectl describe: every field, condition and event, without the padding that makes columns. */
import type { Filter } from './filter.ts'
import { losslessExample } from './text/lossless-example.ts'
import { isVerb } from './text/verb.ts'

/** `Name:             api-0` */
const label = /^(\s*[\w .()/-]{1,60}:) {2,}(?=\S)/
/** The columns of an event before its message. */
const eventColumns = 4

function event(line: string): string {
  let left = eventColumns
  const start = line.search(/\S|$/)
  return line.slice(0, start) + line.slice(start).replace(/ {2,}/g, (gap) => (left-- > 0 ? '  ' : gap))
}

/** The data of a config map is a text of its own: from there on nothing is touched. */
function said(lines: readonly string[]): string[] {
  const data = lines.findIndex((line, at) => /^(?:Data|BinaryData)$/.test(line) && lines[at + 1] === '====')
  const events = lines.indexOf('Events:')
  return lines.map((line, at) => {
    if (line.length > 2000 || (data >= 0 && at >= data)) return line
    return events >= 0 && at > events ? event(line) : line.replace(label, '$1 ')
  })
}

const field = /^[A-Z][A-Za-z ]{1,40}: {2,}\S/

export const kubectlDescribe: Filter = {
  id: 'kubectl-describe',
  suggests: (command) => isVerb(command, 'kubectl', ['describe']) || isVerb(command, 'oc', ['describe']),
  confirms: (lines) => lines.slice(0, 20).filter((line) => field.test(line.slice(0, 80))).length > 2,
  shorten: ({ lines }) => ({ lines: said(lines), tier: 0 }),
  examples: [
    losslessExample({
      name: 'a pod that does not start',
      commandLine: 'kubectl describe pod api-0',
      output: `Name:             api-0
Namespace:        shop
Priority:         0
Status:           Pending
Containers:
  api:
    Image:          shop/api:14
    State:          Waiting
      Reason:       ImagePullBackOff
Conditions:
  Type              Status
  PodScheduled      True
Events:
  Type     Reason   Age                From     Message
  ----     ------   ----               ----     -------
  Warning  Failed   2m (x4 over 3m)    kubelet  Failed to pull image "shop/api:14": not found`,
      becomes: `Name: api-0
Namespace: shop
Priority: 0
Status: Pending
Containers:
  api:
    Image: shop/api:14
    State: Waiting
      Reason: ImagePullBackOff
Conditions:
  Type              Status
  PodScheduled      True
Events:
  Type  Reason  Age  From  Message
  ----  ------  ----  ----  -------
  Warning  Failed  2m (x4 over 3m)  kubelet  Failed to pull image "shop/api:14": not found`,
    }),
  ],
}
