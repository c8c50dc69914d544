/** The path of a call, top to bottom: plan, then attempts in plan order until one speaks, then its words, then the record. */
import type { Failure } from '../conversation/failure.ts'
import type { Loss } from '../conversation/loss.ts'
import { noUsage } from '../conversation/reply.ts'
import type { Skipped } from '../routing/locate.ts'
import { nextStep, type Step, type Tried } from '../routing/next-step.ts'
import type { Plan, Target } from '../routing/plan.ts'
import { announcement, insteadOf } from './announce.ts'
import type { Attempt, Verdict } from './attempt.ts'
import { type AttemptRecord, type Call, isFailure } from './call.ts'
import type { CallReader } from './call-reader.ts'
import { colophon, refusalColophon } from './colophon.ts'
import { Conduct } from './conduct.ts'
import { homeKey } from './planning.ts'
import type { Shaped } from './shape.ts'
import type { Stations, Turn } from './stations.ts'

export function handle(call: Call, reader: CallReader, at: Stations): Promise<void> {
  const admission = at.admit(call)
  const plan = at.plan(call, reader, admission)
  const course = new Course(call, reader, plan, at)
  return walk(course, () => at.explain(call, plan, admission)).catch((error: unknown) => {
    course.drop()
    throw error
  })
}

async function walk(course: Course, explain: () => Failure): Promise<void> {
  if (course.reminds()) return
  for (;;) {
    const step = course.next()
    if (step.kind === 'refuse') {
      course.refuse(step.failure, explain)
      return
    }
    if (step.afterMs > 0) await course.wait(step.afterMs)
    if (course.call.client.gone) {
      course.leave()
      return
    }
    const sent = course.send(step.target)
    const failure = sent && course.hears(sent, await sent.attempt.verdict)
    if (sent && (!failure || (await course.speaksHealed(step.target, failure)))) return
  }
}

/** What one call has been through so far. */
interface Sent {
  readonly attempt: Attempt
  readonly lost: readonly Loss[]
}

class Course {
  readonly call: Call
  readonly conduct: Conduct
  readonly tried: Tried[] = []
  waitedMs = 0
  readonly #reader: CallReader
  readonly #plan: Plan
  readonly #at: Stations
  readonly #turn: Turn | undefined
  readonly #records: AttemptRecord[] = []
  #lost: readonly Loss[] = []
  #spoke: Target | undefined
  #instead: Skipped | undefined
  #wake: (() => void) | undefined
  #settled = false

  constructor(call: Call, reader: CallReader, plan: Plan, at: Stations) {
    this.call = call
    this.#reader = reader
    this.#plan = plan
    this.#at = at
    this.#turn = at.compress(call, reader, plan)
    this.conduct = new Conduct(call, at.settings.timeouts, at.clock, (failure) => this.#settle(failure))
    at.heartbeat.add(this.conduct)
    call.client.onGone(() => {
      this.#wake?.()
      this.conduct.attempt?.abandon(left)
    })
  }

  /** A turn that was cut after a tool call and is asked for again: told, not generated twice (CONTRACT 107, 110). */
  reminds(): boolean {
    const { memory, clock, settings } = this.#at
    const told = memory.recall(this.call, this.#reader, clock.nowMs())
    if (!told) return false
    const body = this.call.dialect.reply.encodeWhole(told, this.#reader.context(settings.limits))
    this.conduct.tell(body, colophon(this.call, undefined, 0, [], 'told before: its stream was cut'))
    this.#settle(undefined)
    return true
  }

  /** Ends early when the client leaves (CONTRACT 104). */
  async wait(ms: number): Promise<void> {
    this.waitedMs += ms
    await new Promise<void>((resolve) => {
      const cancel = this.#at.clock.after(ms, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
    this.#wake = undefined
  }

  next(): Step {
    const { witness, random, settings } = this.#at
    const { targets, lastChance = false } = this.#plan
    const moment = { waitedMs: this.waitedMs, random: random(), barred: witness.barred, lastChance }
    return nextStep(targets, this.tried, moment, settings.limits)
  }

  /** undefined: the target cannot be asked. Who needs again what is sent makes it again. */
  send(target: Target): Sent | undefined {
    return this.#ask(target, this.#at.shape(this.call, this.#reader, target))
  }

  /** The target may have refused what can be left out: true once its words are on their way to the client after all. */
  async speaksHealed(target: Target, failure: Failure): Promise<boolean> {
    if (!this.#at.isHealable(target, failure)) return false
    const shaped = this.#at.shape(this.call, this.#reader, target)
    const sent = this.#ask(target, isFailure(shaped) ? shaped : this.#at.heal(shaped))
    return sent !== undefined && this.hears(sent, await sent.attempt.verdict) === undefined
  }

  #ask(target: Target, shaped: Shaped | Failure): Sent | undefined {
    if (isFailure(shaped)) {
      this.#note(target, shaped, this.#at.clock.nowMs())
      return undefined
    }
    this.#at.witness.sent(target)
    const attempt = this.#at.attempt(this.call, this.#reader, target, shaped)
    this.conduct.attempt = attempt
    this.#reader.forget()
    return { attempt, lost: shaped.lost }
  }

  /** undefined: the attempt's words are on their way to the client. */
  hears({ attempt, lost }: Sent, verdict: Verdict): Failure | undefined {
    const { witness } = this.#at
    const { target } = attempt
    if (verdict.kind === 'failed') {
      witness.failed(target, verdict.failure)
      this.#note(target, verdict.failure, attempt.startedMs, attempt.account?.usage)
      return verdict.failure
    }
    this.#lost = lost
    this.#spoke = target
    witness.spoke(target, this.#plan.targets.length > 1 ? homeKey(this.call, this.#reader) : undefined)
    this.#records.push(spoke(attempt))
    this.conduct.listener = this.#at.memory.listen(this.call)
    this.#instead = insteadOf(this.#plan, target, this.tried)
    const because = this.#instead && announcement(this.#plan, this.#instead)
    const tries = this.#records.length
    const cache = this.#turn?.headline
    this.conduct.deliver(attempt, colophon(this.call, target, tries, lost, because, cache))
    return undefined
  }

  #note(target: Target, failure: Failure, startedMs: number, usage = noUsage): void {
    this.tried.push({ target, failure })
    const used = usage === noUsage ? undefined : { usage }
    this.#records.push({ target, startedMs, failure, failedMs: this.#at.clock.nowMs(), ...used })
  }

  /** `explain`: why nobody could be asked. */
  refuse(heard: Failure, explain: () => Failure): void {
    const failure = this.tried.length > 0 ? heard : explain()
    if (this.call.client.gone) {
      this.leave()
      return
    }
    const last = this.tried.at(-1)?.target
    const word = this.#at.finalWord(this.call, failure)
    this.conduct.refuse(word, refusalColophon(this.call, last, this.#records.length, word))
    this.#settle(failure)
  }

  leave(): void {
    this.#settle(left)
  }

  /** A mistake of ours ended it: nobody waits for it any more, and nothing more is sent in its name. */
  drop(): void {
    this.#at.heartbeat.remove(this.conduct)
    this.conduct.attempt?.abandon(left)
  }

  #remember(failure: Failure | undefined): void {
    const { listener } = this.conduct
    const { memory, clock } = this.#at
    if (listener && (failure || this.call.client.gone))
      memory.keep(this.call, this.#reader, listener.heard, clock.nowMs())
    listener?.close()
  }

  #settle(failure: Failure | undefined): void {
    if (this.#settled) return
    this.#settled = true
    this.#at.heartbeat.remove(this.conduct)
    this.#remember(failure)
    const account = this.conduct.attempt?.account
    const usage = account?.usage ?? noUsage
    if (this.#spoke) this.#at.witness.ended(this.#spoke, this.call.client.gone ? left : failure, usage)
    this.#at.settle({
      call: this.call,
      session: this.#reader.session,
      plan: this.#plan,
      ...(this.#instead && { instead: this.#instead }),
      attempts: this.#records,
      lost: this.#lost,
      ending: {
        usage,
        ...(account?.reason && { reason: account.reason }),
        ...(failure && { failure: this.call.client.gone ? left : failure }),
      },
      ...(this.#turn && { cache: this.#turn.note(this.#spoke, usage) }),
    })
  }
}

const left: Failure = { kind: 'client-left', message: 'the client left before the reply was complete' }

const spoke = ({ target, startedMs, firstWordMs }: Attempt): AttemptRecord =>
  firstWordMs === undefined ? { target, startedMs } : { target, startedMs, firstWordMs }
