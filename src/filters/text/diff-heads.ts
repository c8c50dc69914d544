/** What stands above a file's hunks in a diff of git, on one line: `diff run.sh, new file of mode 100755`. */

export interface FileHead {
  readonly path: string
  /** What happened to the file beside the changes in its lines: its mode, its name, that it is new. */
  readonly notes: readonly string[]
  readonly blobs: string | undefined
}

const kinds: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['blobs', /^index ([0-9a-f]+\.\.[0-9a-f]+(?: \d{6})?)$/],
  ['old', /^--- (.+?)\t?$/],
  ['now', /^\+\+\+ (.+?)\t?$/],
  ['oldMode', /^old mode (\d{6})$/],
  ['newMode', /^new mode (\d{6})$/],
  ['came', /^new file mode (\d{6})$/],
  ['went', /^deleted file mode (\d{6})$/],
  ['alike', /^similarity index (\d+%)$/],
  ['renamedFrom', /^rename from (.+)$/],
  ['renamedTo', /^rename to (.+)$/],
  ['copiedFrom', /^copy from (.+)$/],
  ['copiedTo', /^copy to (.+)$/],
]

const longest = 1000

type Said = ReadonlyMap<string, string>

/** Undefined where a line is none that we know. */
function saidIn(lines: readonly string[]): Said | undefined {
  const said = new Map<string, string>()
  for (const line of lines) {
    const kind = line.length > longest ? undefined : kinds.find(([, pattern]) => pattern.test(line))
    if (kind === undefined || said.has(kind[0])) return undefined
    said.set(kind[0], kind[1].exec(line)?.[1] ?? '')
  }
  return said
}

/** `a/x b/x`: both halves are the same path. */
function samePath(line: string): string | undefined {
  const both = line.slice('diff --git '.length)
  const path = both.slice(2, (both.length - 1) / 2)
  return both === `a/${path} b/${path}` ? path : undefined
}

const usualMode = '100644'
const ofMode = (mode: string | undefined): string =>
  mode === undefined || mode === usualMode ? '' : ` of mode ${mode}`

function notesOf(said: Said, mode: string | undefined): string[] {
  const [before, after, alike] = [said.get('oldMode'), said.get('newMode'), said.get('alike')]
  const share = alike === undefined || alike === '100%' ? '' : `, ${alike} alike`
  return [
    said.has('came') ? `new file${ofMode(said.get('came'))}` : '',
    said.has('went') ? `deleted file${ofMode(said.get('went'))}` : '',
    before === undefined ? '' : `mode ${before} to ${after}`,
    said.has('renamedFrom') ? `renamed from ${said.get('renamedFrom')}${share}` : '',
    said.has('copiedFrom') ? `copied from ${said.get('copiedFrom')}${share}` : '',
    mode === undefined || mode === usualMode ? '' : `mode ${mode}`,
  ].filter((note) => note !== '')
}

/** A path that reads like one word of ours. */
const isPlain = (path: string): boolean => !/^["\s]|[,\s]$|, |\t/.test(path)

/** The lines say what git says of such a file, in its words: what is told on one line can be told back. */
function isUsual(said: Said, old: string, now: string): boolean {
  const isNamed = said.has('old') || said.has('now')
  const [a, b] = [said.has('came') ? '/dev/null' : `a/${old}`, said.has('went') ? '/dev/null' : `b/${now}`]
  const isTold = !isNamed || (said.get('old') === a && said.get('now') === b)
  const isMoved = said.has('renamedFrom') || said.has('copiedFrom')
  return isTold && (isMoved || old === now) && said.has('oldMode') === said.has('newMode')
}

/** Undefined where the head is not one that one line could say. */
export function readHead([first = '', ...others]: readonly string[]): FileHead | undefined {
  const said = first.startsWith('diff --git a/') && first.length < longest ? saidIn(others) : undefined
  if (said === undefined) return undefined
  const same = samePath(first)
  const old = said.get('renamedFrom') ?? said.get('copiedFrom') ?? same
  const path = said.get('renamedTo') ?? said.get('copiedTo') ?? same
  if (old === undefined || path === undefined || first !== `diff --git a/${old} b/${path}`) return undefined
  if (!isPlain(old) || !isPlain(path) || !isUsual(said, old, path)) return undefined
  const [blobs, mode] = said.get('blobs')?.split(' ') ?? []
  return { path, notes: notesOf(said, mode), blobs }
}

/** `lines`: how many lines of a new or deleted file follow as they are. */
export function saidHead({ path, notes, blobs }: FileHead, withBlobs: boolean, lines?: number): string {
  const all = [...notes, ...(withBlobs && blobs !== undefined ? [`blobs ${blobs}`] : [])]
  const told = [`diff ${path}`, ...all].join(', ')
  return lines === undefined ? told : `${told}, its ${lines} lines:`
}
