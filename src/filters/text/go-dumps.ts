/** The goroutines of a Go program that panicked: frames of Go itself, goroutines that have no other, and those that stand where another does. */
import { rangesBetween } from './alike.ts'
import type { What } from './asides.ts'

const opening = /^goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[/
const ownFrame =
  /^(?:created by )?(?:testing|runtime|reflect|net\/http|sync|time|os|syscall|internal\/[\w/]+)\.[\w.*()[\]]+(?:\(| in goroutine \d+$|$)|^panic\(|^main\.main\(\)$/
const ownPlace =
  /^\t(?:(?:\S*\/)?(?:go|golang|libexec)[\w.@-]*\/(?:\S+\/)?src\/(?:testing|runtime|reflect|internal|net|sync|time|os|syscall)\/|_testmain\.go:)/

const ofGo: What = { aside: 'frames of Go itself' }
const alike: What = { aside: 'goroutines that stand where another does' }

const isOwn = (line: string): boolean => ownFrame.test(line) || ownPlace.test(line)

/** Of the lines of a package's output. */
export function dumpWhats(lines: readonly string[]): What[] {
  const whats = lines.map((line): What => (isOwn(line.slice(0, 400)) ? ofGo : undefined))
  const told = new Set<string>()
  const dumps = rangesBetween(
    lines,
    (line) => opening.test(line),
    (line) => line === '' || /^(?:FAIL|exit status|ok)\b/.test(line),
  )
  for (const { from, to } of dumps) {
    const own = lines.slice(from, to).filter((_, at) => whats[from + at] === undefined)
    const where = own.join('\n').replace(/\(0x[^()]{0,400}\)|\+0x[0-9a-f]+| in goroutine \d+/g, '')
    if (own.length === 0) whats[from - 1] = ofGo
    else if (told.has(where)) whats.fill(alike, from, to)
    told.add(where)
  }
  return whats
}
