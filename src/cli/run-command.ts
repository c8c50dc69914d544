/**
 * `clutch run`: runs a command, and what it prints comes out shorter; all else is as if it had been run by itself. What
 * stands here is all that a command needs that prints nothing; the rest is read when there is something to do for it.
 */
import { existsSync, fstatSync, readFileSync, type Stats } from 'node:fs'
import type { Io } from './io.ts'
import { type RunAsked, readRun } from './run-asked.ts'
import { start } from './run-child.ts'
import { joined } from './run-joined.ts'
import type { FollowOrder, RunPlan } from './run-order.ts'
import type { RunOutput } from './run-output.ts'

const usual: RunPlan = { kind: 'plan', level: 'balanced', isForced: false }

export async function runCommandVerb(args: readonly string[], io: Io): Promise<number> {
  const asked = readRun(args)
  if (asked.kind !== 'run') return (await import('./run-words.ts')).tellNotRun(asked, io)
  const own = asked.env ? { ...io, env: { ...io.env, ...asked.env } } : io
  const plan = isPlanned(asked, own) ? (await import('./run-plan.ts')).planRun(asked, own) : usual
  if (plan.kind !== 'plan') return (await import('./run-words.ts')).tellNotRun(plan, own)
  try {
    return await run(asked, plan, own)
  } catch (error) {
    const { scriptFor, tellNotStarted } = await import('./run-words.ts')
    const script = scriptFor(asked, error, own)
    return script ? run(script, plan, own) : tellNotStarted(plan.engine ?? asked.program, error, own)
  }
}

/** Most people say nothing about it: then nothing more needs to be read. */
function isPlanned({ level, holdMs }: RunAsked, { env, home }: Io): boolean {
  if (level !== undefined || holdMs !== undefined) return true
  if (env['CLUTCH_COMPRESS'] || env['CLUTCH_RUN_HOLD_MS']) return true
  const place = env['XX_HOME'] || '.xx'
  const file = `${place.startsWith('/') ? place : `${home}/${place}`}/config.json`
  return existsSync(file) && saysSomething(file)
}

/** A file that cannot be read, or is no JSON, says something: whoever plans says what is wrong. */
function saysSomething(file: string): boolean {
  try {
    const said: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return typeof said !== 'object' || said === null || 'compression' in said
  } catch {
    return true
  }
}

async function run(asked: RunAsked, plan: RunPlan, io: Io): Promise<number> {
  const { env } = io
  const ours = statOf(1)
  if (plan.engine !== undefined) {
    const args = [asked.program, ...asked.args]
    return start({ program: plan.engine, args, env, stdio: 'inherit' }).code
  }
  const { program, args } = asked
  if (plan.level === 'off' || !isRead(ours)) return start({ program, args, env, stdio: 'inherit' }).code
  const words = areOne(ours, statOf(2)) ? joined({ program, args, env }) : { program, args }
  const { child, code } = start({ ...words, env, stdio: ['inherit', 'pipe', 'inherit'] })
  const output = follow({ child, asked, plan, io })
  const ended = await code
  await (await output)?.end(ended !== 0)
  return ended
}

/** Terminals and `/dev/null` are no readers of ours: the command has them as they are. */
const isRead = (stream: Stats | undefined): boolean => stream !== undefined && !stream.isCharacterDevice()

/** Both go to one place (`2>&1`): their order is part of what is read. */
const areOne = (a: Stats | undefined, b: Stats | undefined): boolean =>
  a !== undefined && a.dev === b?.dev && a.ino === b.ino

function statOf(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor)
  } catch {
    return undefined
  }
}

/** What became of the output, when nobody holds the pipe any more; undefined: there was none. */
function follow(order: FollowOrder): Promise<RunOutput | undefined> {
  const early: Buffer[] = []
  let output: RunOutput | undefined
  let opened: Promise<RunOutput> | undefined
  const open = async (): Promise<RunOutput> => {
    output = (await import('./run-follow.ts')).outputOf(order)
    for (const chunk of early) output.push(chunk)
    return output
  }
  const { stdout } = order.child
  return new Promise((resolve) => {
    stdout?.on('data', (chunk: Buffer) => {
      if (output) output.push(chunk)
      else {
        early.push(chunk)
        opened ??= open()
      }
    })
    // One that is taken away has no end.
    for (const last of ['end', 'close']) stdout?.once(last, () => resolve(opened))
  })
}
