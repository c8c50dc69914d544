/** The user's own plays: a JSON file that says what the sandbox answers to which request. */
import type { Conversation } from '../conversation/conversation.ts'
import { asList, isObject, type Json } from '../wire/json.ts'
import { check, type Problem, readStep } from './fixture-steps.ts'
import type { Play, Step } from './play.ts'
import { lastUserText, resultsIn } from './scene.ts'

export interface Fixture {
  readonly match: FixtureMatch
  readonly reply: readonly Step[]
}

/** All that is said must hold; an empty match answers everything. */
interface FixtureMatch {
  /** The model name as the sandbox sees it, without `sandbox/`; a `*` at the end stands for any rest. */
  readonly model?: string
  /** Stands in the user's last words. */
  readonly contains?: string
  /** So many tool results are in the conversation: one fixture per step of a loop. */
  readonly results?: number
}

/** The file's value as fixtures, or where it is wrong (`[2].reply[0].wait: …`) and what was expected. */
export function readFixtures(value: Json): readonly Fixture[] | Problem {
  if (!Array.isArray(value)) return { problem: 'expected a list of {"match": …, "reply": […]}' }
  const fixtures: Fixture[] = []
  for (const [at, one] of asList(value).entries()) {
    const fixture = readFixture(one, `[${at}]`)
    if ('problem' in fixture) return fixture
    fixtures.push(fixture)
  }
  return fixtures
}

function readFixture(value: Json, at: string): Fixture | Problem {
  const wrong = check(value, at, { match: 'object', reply: 'list' })
  if (wrong || !isObject(value)) return wrong ?? { problem: at }
  const match = readMatch(value['match'] ?? {}, `${at}.match`)
  if ('problem' in match) return match
  const reply: Step[] = []
  for (const [index, one] of asList(value['reply']).entries()) {
    const step = readStep(one, `${at}.reply[${index}]`)
    if ('problem' in step) return step
    reply.push(step)
  }
  return { match, reply }
}

function readMatch(value: Json, at: string): FixtureMatch | Problem {
  const wrong = check(value, at, { model: 'text', contains: 'text', results: 'number' })
  if (wrong || !isObject(value)) return wrong ?? { problem: at }
  const { model, contains, results } = value
  return {
    ...(typeof model === 'string' && { model }),
    ...(typeof contains === 'string' && { contains }),
    ...(typeof results === 'number' && { results }),
  }
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
