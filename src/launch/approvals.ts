/** Whether an agent may act without asking: what the line says, what config.json says, what the agent can. */
import type { Form } from '../agents/agent.ts'
import { type LaunchRequest, type Setback, without } from './request.ts'
import type { Surroundings } from './surroundings.ts'

export interface Approvals {
  readonly words: readonly string[]
  readonly warnings: readonly string[]
}

type Around = Pick<Surroundings, 'settings' | 'isRoot' | 'env'>

export function decideApprovals(asked: LaunchRequest, form: Form, around: Around): Approvals | Setback {
  const { forbidBypass, safe } = around.settings
  if (forbidBypass && asked.safe === false)
    return {
      problem: 'config.json forbids to skip approvals (launch.forbid_bypass)',
      instead: without(asked, 'safe'),
    }
  return forbidBypass || (asked.safe ?? safe) ? keepOn(asked, form, around) : skip(asked, form, around)
}

function keepOn(asked: LaunchRequest, form: Form, { settings }: Around): Approvals | Setback {
  const because = whyNever(asked, form)
  if (because === undefined) return { words: [], warnings: [] }
  if (!asked.safe && !settings.forbidBypass)
    return { words: [], warnings: [`${because}; launch.safe cannot be kept here`] }
  return {
    problem: `${because}: approvals cannot stay on`,
    instead: settings.forbidBypass ? 'xx cip --safe' : without(asked, 'safe'),
  }
}

function skip(asked: LaunchRequest, form: Form, { isRoot, env }: Around): Approvals | Setback {
  const { approvals, rootNeeds, title } = asked.agent
  if ('neverAsked' in approvals || form.neverAsks) return { words: [], warnings: [] }
  if (!form.words.includes('{bypass}'))
    return { words: [], warnings: [`${title} has no flag to skip approvals here: it will ask`] }
  if (isRoot && rootNeeds !== undefined && !env[rootNeeds])
    return {
      problem: `${title} refuses to skip approvals for root, unless ${rootNeeds}=1 says that this machine is a sandbox`,
      instead: { ...asked, safe: true },
    }
  return { words: approvals.bypass, warnings: [] }
}

/** Why approvals are off whatever is asked; undefined: they can be on. */
function whyNever({ agent }: LaunchRequest, { neverAsks }: Form): string | undefined {
  if ('neverAsked' in agent.approvals) return agent.approvals.neverAsked
  return neverAsks ? `${agent.title} never asks for approval when it runs headless` : undefined
}
