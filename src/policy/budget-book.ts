/**
 * What has been used of every allowance, and what that means for the next call. Holds no clock: every question and
 * every report says when. A call that is admitted may go on when the last of a budget is spent while it runs.
 */
import { added, current, freeAgainMs, quotaKey, readTally, type Tally } from '../conversation/quota.ts'
import { asObject, type Json } from '../wire/json.ts'
import { type Admission, verdictOf, welcome } from './admission.ts'
import { allRules, type Rule, type RuleBook, rulesFor, type Subject } from './rules.ts'

/** What a call used. Tokens are those that were computed: what came out of a cache is not counted. */
export interface Used {
  readonly tokens: number
  /** Absent: nobody knows the price, and no budget of money can count it. */
  readonly dollars?: number
}

export interface RuleReport {
  readonly rule: Rule
  readonly used: number
  /** When it is free again; absent while there is room. */
  readonly spentUntilMs?: number
}

export class BudgetBook {
  readonly #tallies = new Map<string, Tally>()
  #rules: RuleBook
  readonly welcome = welcome
  #idle: boolean

  constructor(rules: RuleBook) {
    this.#rules = rules
    this.#idle = allRules(rules).length === 0
  }

  /** After a change of the configuration; what was counted stays. */
  obey(rules: RuleBook): void {
    this.#rules = rules
    this.#idle = allRules(rules).length === 0
  }

  /** There are no rules: everybody is welcome, and nothing is counted. */
  get isIdle(): boolean {
    return this.#idle
  }

  /** Counts the request, unless it is refused. */
  admit(subject: Subject, nowMs: number): Admission {
    if (this.#idle) return welcome
    const rules = rulesFor(subject, this.#rules)
    const spent = rules.flatMap((rule) => {
      const untilMs = freeAgainMs(rule, this.#tallies.get(quotaKey(rule)), nowMs)
      return untilMs === undefined ? [] : [{ rule, untilMs }]
    })
    const admission = verdictOf(spent, nowMs)
    if (admission.kind !== 'refused')
      for (const key of keysOf(rules, 'requests')) this.#add(rules, key, 1, nowMs)
    return admission
  }

  charge(subject: Subject, { tokens, dollars = 0 }: Used, nowMs: number): void {
    if (this.#idle) return
    const rules = rulesFor(subject, this.#rules)
    if (tokens > 0) for (const key of keysOf(rules, 'tokens')) this.#add(rules, key, tokens, nowMs)
    if (dollars > 0) for (const key of keysOf(rules, 'dollars')) this.#add(rules, key, dollars, nowMs)
  }

  /** Does any rule speak of money? Then it matters whether prices are known. */
  get countsDollars(): boolean {
    return allRules(this.#rules).some(({ unit }) => unit === 'dollars')
  }

  report(nowMs: number): readonly RuleReport[] {
    return allRules(this.#rules).map((rule) => {
      const tally = this.#tallies.get(quotaKey(rule))
      const spentUntilMs = freeAgainMs(rule, tally, nowMs)
      return {
        rule,
        used: current(rule, tally, nowMs).used,
        ...(spentUntilMs !== undefined && { spentUntilMs }),
      }
    })
  }

  /** What a restart must not forget. */
  snapshot(): Json {
    return JSON.parse(JSON.stringify(Object.fromEntries(this.#tallies)))
  }

  /** What cannot be read is left out. */
  restore(saved: Json | undefined): void {
    for (const [key, value] of Object.entries(asObject(saved))) {
      const tally = readTally(value)
      if (tally) this.#tallies.set(key, tally)
    }
  }

  #add(rules: readonly Rule[], key: string, amount: number, nowMs: number): void {
    const rule = rules.find((one) => quotaKey(one) === key)
    if (rule) this.#tallies.set(key, added(rule, this.#tallies.get(key), amount, nowMs))
  }
}

/** Two rules may watch one count (a soft limit and a hard one): it is counted once. */
const keysOf = (rules: readonly Rule[], unit: Rule['unit']): ReadonlySet<string> =>
  new Set(rules.filter((rule) => rule.unit === unit).map(quotaKey))
