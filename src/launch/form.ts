/** Which of an agent's command lines a request means. */
import type { Form, FormName } from '../agents/agent.ts'
import type { Mode } from './code.ts'
import { type LaunchRequest, type Setback, without } from './request.ts'

export interface ChosenForm {
  readonly name: FormName
  readonly form: Form
}

/** Words people use for the newest session. */
const newest = new Set(['last', 'latest'])

/** `forms`: those of the installed version. */
export function chooseForm(
  asked: LaunchRequest,
  forms: LaunchRequest['agent']['forms'],
): ChosenForm | Setback {
  const name = nameOf(asked)
  if (typeof name !== 'string') return name
  const form = forms[name]
  if ('words' in form) return { name, form }
  return {
    problem: `${asked.agent.title}: ${form.missing}${asked.agent.sessions ? `; xx sessions ${asked.agent.id} lists them` : ''}`,
    instead: as(form.closest, asked),
  }
}

/** A prompt makes any mode headless; a session's id makes it that session's. */
function nameOf(asked: LaunchRequest): FormName | Setback {
  const { session } = asked
  const hasPrompt = asked.prompt !== undefined || asked.stdin
  const headless = asked.headless || hasPrompt
  if (headless && !hasPrompt)
    return {
      problem: 'without a terminal it needs a prompt',
      instead: { ...without(asked, 'prompt'), prompt: '…' },
    }
  if (session?.startsWith('-'))
    return { problem: `${session} is no session`, instead: without(asked, 'session') }
  return formFor(asked, headless)
}

function formFor(asked: LaunchRequest, headless: boolean): FormName | Setback {
  switch (targetOf(asked.mode, asked.session)) {
    case 'new':
      return headless ? 'ask' : 'start'
    case 'newest':
      return headless ? 'ask-continue' : 'continue'
    case 'named':
      return headless ? 'ask-resume' : 'resume'
    case 'unnamed':
      return {
        problem: 'mode s resumes one session and needs its id (xx sessions lists them)',
        instead: { ...asked, mode: headless ? 'continue' : 'resume' },
      }
    case 'list':
      if (!headless) return 'pick'
      return {
        problem: 'the list of sessions needs a terminal, and a prompt runs without one',
        instead: { ...asked, mode: 'continue' },
      }
  }
}

function targetOf(mode: Mode, session: string | undefined) {
  if (session !== undefined) return newest.has(session) ? 'newest' : 'named'
  switch (mode) {
    case 'init':
    case 'ask':
      return 'new'
    case 'continue':
      return 'newest'
    case 'session':
      return 'unnamed'
    case 'resume':
      return 'list'
  }
}

/** The same launch in a form that exists. */
function as(form: FormName, asked: LaunchRequest): LaunchRequest {
  const plain = { ...asked, headless: form.startsWith('ask') }
  if (form === 'continue' || form === 'ask-continue')
    return { ...without(plain, 'session'), mode: 'continue' }
  return { ...plain, mode: 'init' }
}
