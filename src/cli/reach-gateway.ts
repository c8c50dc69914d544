/** Sees to it that the gateway answers before an agent is sent to it, and asks what it offers. */
import { dirname } from 'node:path'
import type { LaunchSettings } from '../config/launch.ts'
import { askGateway, type Contact } from '../launch/gateway-contact.ts'
import type { Plan } from '../launch/plan.ts'
import type { ServedModel } from '../launch/surroundings.ts'
import { type Started, startDaemon } from '../lifecycle/start-daemon.ts'
import type { Io } from './io.ts'
import { placeOf } from './place-of.ts'

/** What it offers; a text says why the agent is not sent there; undefined: this launch does not need it. */
export async function reachGateway(
  model: string | undefined,
  plan: Plan,
  settings: LaunchSettings,
  io: Io,
): Promise<readonly ServedModel[] | string | undefined> {
  const place = placeOf(plan, settings)
  if (!place) return undefined
  const contact = await askGateway(place, model)
  if (contact.kind !== 'down') return told(contact)
  if (!settings.local)
    return `no gateway answers at ${settings.baseUrl}; it is on another machine: start it there\n`
  if (!settings.autoStart)
    return `no gateway answers at ${settings.baseUrl}, and proxy.auto_start is false\n    try: clutch up\n`
  if (io.program === undefined)
    return `no gateway answers at ${settings.baseUrl}, and this installation has none to start\n    try: npm start\n`
  io.err(`starting the gateway at ${settings.baseUrl} …\n`)
  const started = await startDaemon({
    program: io.program,
    flags: [],
    env: io.env,
    home: io.home,
    stateFolder: dirname(settings.folder),
    answers: async () => (await askGateway(place)).kind !== 'down',
  })
  if (started.kind === 'failed') return notStarted(started)
  return told(await askGateway(place, model))
}

/** Its last words are the reason. */
const notStarted = ({ because, lastWords }: Extract<Started, { kind: 'failed' }>): string =>
  [
    `the gateway did not come up: ${because}\n`,
    ...lastWords.map((line) => `  | ${line}\n`),
    '    try: clutch doctor\n',
  ].join('')

function told(contact: Contact): readonly ServedModel[] | string {
  switch (contact.kind) {
    case 'up':
      return contact.served
    case 'down':
      return 'the gateway went away again\n'
    case 'refused':
      return `the gateway refuses: ${contact.because}\n`
  }
}
