/** The user's own plays: a JSON file that says what the sandbox answers to which request. */
import type { Conversation } from '../conversation/conversation.ts'
import type { Play, Step } from './play.ts'
import { lastUserText, resultsIn } from './scene.ts'

export interface Fixture {
  readonly match: FixtureMatch
  readonly reply: readonly Step[]
}

/** All that is said must hold; an empty match answers everything. */
export interface FixtureMatch {
  /** The model name as the sandbox sees it, without `sandbox/`; a `*` at the end stands for any rest. */
  readonly model?: string
  /** Stands in the user's last words. */
  readonly contains?: string
  /** So many tool results are in the conversation: one fixture per step of a loop. */
  readonly results?: number
}

/** The first fixture that matches, as a play. */
export function fixtureFor(
  fixtures: readonly Fixture[],
  model: string,
  conversation: Conversation,
): Play | undefined {
  const found = fixtures.find(({ match }) => matches(match, model, conversation))
  return found && { type: 'speak', steps: found.reply }
}

function matches(match: FixtureMatch, model: string, conversation: Conversation): boolean {
  const { model: wanted, contains, results } = match
  if (wanted !== undefined && !fits(wanted, model)) return false
  if (contains !== undefined && !lastUserText(conversation).includes(contains)) return false
  return results === undefined || resultsIn(conversation.turns).length === results
}

const fits = (wanted: string, model: string): boolean =>
  wanted.endsWith('*') ? model.startsWith(wanted.slice(0, -1)) : model === wanted
