/** Which messages are told once with all their places below them, alone or with others of their kind, and which by file. */
import { isTellable, type PlacesByPath } from './places.ts'
import {
  frameOf,
  hasSlot,
  kindOf,
  type Pieces,
  piecesOf,
  ruleOf,
  type Template,
  templateOf,
} from './templates.ts'

export interface Message {
  /** Its lines, joined. */
  readonly text: string
  readonly places: ReadonlyMap<string, readonly string[]>
}

export interface MessageGroup {
  readonly text: string
  readonly places: PlacesByPath
}

export interface Grouping {
  readonly groups: readonly MessageGroup[]
  readonly others: readonly Message[]
}

/** What a line costs besides what it says. */
const lineChars = 4
/** Under a file's name, or in a group of many messages, the name is said once for several of them. */
const sharedPath = 0.4

interface Weighed {
  readonly message: Message
  readonly pieces: Pieces
  /** What its paths cost where they are not shared. */
  readonly paths: number
  /** What it costs under each of its files, or as a group of its own, whichever is less. */
  readonly least: number
  readonly isAlone: boolean
}

function charsOfAll(values: readonly string[]): number {
  let chars = 0
  for (const value of values) chars += value.length
  return chars
}

function charsOf(paths: Iterable<string>): number {
  let chars = 0
  for (const path of paths) chars += path.length + 1
  return chars
}

function weigh(message: Message): Weighed {
  const { text, places } = message
  const paths = charsOf(places.keys())
  const byFile = places.size * (text.length + lineChars) + sharedPath * paths
  const alone = text.length + lineChars + paths
  const isAlone = places.size > 1 && !hasSlot(text) && alone < byFile
  return { message, pieces: piecesOf(text), paths, least: isAlone ? alone : byFile, isAlone }
}

const costWith = (value: number, { message, paths }: Weighed): number =>
  (value + 2) * message.places.size + sharedPath * paths

function placesOf(members: readonly Weighed[], { values }: Template): PlacesByPath {
  const places = new Map<string, string[]>()
  for (let at = 0; at < members.length; at += 1) {
    for (const [path, ats] of members[at]?.message.places ?? []) {
      const word = `${ats.join(',')}=${values[at] ?? ''}`
      const words = places.get(path)
      if (words === undefined) places.set(path, [word])
      else words.push(word)
    }
  }
  return places
}

/** The group of these, if telling them together is cheaper than telling them apart. */
function together(members: readonly Weighed[], template: Template | undefined): MessageGroup | undefined {
  if (template === undefined) return undefined
  const places = placesOf(members, template)
  let told = 0
  let apart = 0
  for (let at = 0; at < members.length; at += 1) {
    told += ((template.values[at] ?? '').length + 2) * (members[at]?.message.places.size ?? 0)
    apart += members[at]?.least ?? 0
  }
  const paths = charsOf(places.keys())
  return template.text.length + lineChars + told + paths < apart ? { text: template.text, places } : undefined
}

interface Chosen {
  readonly group: MessageGroup
  readonly members: readonly Weighed[]
}

/** Those of a kind that are cheaper with the others than without. */
function chosenOfKind(kin: readonly Weighed[]): readonly Chosen[] {
  if (kin.length < 2) return []
  const members = kin.filter((each) => costWith(charsOfAll(each.pieces.values), each) < each.least)
  if (members.length < 2) return []
  const group = together(members, templateOf(members.map(({ pieces }) => pieces)))
  return group === undefined ? [] : [{ group, members }]
}

function chosenOfRule(members: readonly Weighed[]): readonly Chosen[] {
  if (members.length < 2) return []
  const group = together(members, frameOf(members.map(({ message }) => message.text)))
  return group === undefined ? [] : [{ group, members }]
}

const asGroup = ({ text, places }: Message): MessageGroup => ({
  text,
  places: new Map([...places].map(([path, ats]) => [path, [ats.join(',')]])),
})

function by<T>(all: readonly T[], keyOf: (each: T) => string): readonly T[][] {
  const known = new Map<string, T[]>()
  for (const each of all) {
    const key = keyOf(each)
    const alike = known.get(key)
    if (alike === undefined) known.set(key, [each])
    else alike.push(each)
  }
  return [...known.values()]
}

function allTellable(paths: Iterable<string>): boolean {
  for (const path of paths) if (!isTellable(path)) return false
  return true
}

const canHead = ({ text, places }: Message): boolean => /^\S/.test(text) && allTellable(places.keys())

export function groupMessages(messages: readonly Message[]): Grouping {
  const able = messages.filter(canHead).map(weigh)
  const told = new Set<Message>()
  const groupsOf = (chosen: readonly Chosen[]): readonly MessageGroup[] => {
    for (const { members } of chosen) for (const { message } of members) told.add(message)
    return chosen.map(({ group }) => group)
  }
  const left = () => able.filter(({ message }) => !told.has(message))
  const kinds = groupsOf(by(able, ({ pieces }) => kindOf(pieces)).flatMap(chosenOfKind))
  const alone = groupsOf(
    left().flatMap((each) => (each.isAlone ? [{ group: asGroup(each.message), members: [each] }] : [])),
  )
  const rules = groupsOf(
    by(left(), ({ message }) => ruleOf(message.text) ?? message.text).flatMap(chosenOfRule),
  )
  return {
    groups: [...kinds, ...alone, ...rules],
    others: messages.filter((message) => !told.has(message)),
  }
}
