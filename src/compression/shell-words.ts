/** Cuts a shell command line into words, operators and redirections. Never fails: what is open at the end is closed there. */

export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'operator'; readonly text: string }
  /** `fd` is empty where none is written. */
  | { readonly kind: 'redirect'; readonly fd: string; readonly operator: string; readonly target: string }

interface Cursor {
  readonly line: string
  at: number
  /** Here-documents begun on this line: their bodies come after its end. */
  readonly heredocs: string[]
}

/** Longer lines carry a program in them, not only a command; their beginning says what runs. */
const longestLine = 50_000

const blanks = /(?:[ \t\r]|\\\r?\n)+/y
const comment = /#[^\n]*/y
const redirect = /(\d*)(<<<|<<-?|<&|<>|<\(|<|>>|>\||>&|>\(|>)|(&)(>>?)/y
const operator = /&&|\|\||\|&|;;|[;&|\n()]/y
const plain = /[^\s'"\\$`;&|<>()]+/y
const single = /'([^']*)'?/y
const double = /"((?:[^"\\]|\\[\s\S])*)"?/y
const escaped = /\\([\s\S])?/y
const ansiQuoted = /\$'((?:[^'\\]|\\[\s\S])*)'?/y
const backticks = /`(?:[^`\\]|\\[\s\S])*`?/y

export function shellTokens(text: string): readonly Token[] {
  const cursor: Cursor = { line: text.slice(0, longestLine), at: 0, heredocs: [] }
  const tokens: Token[] = []
  while (cursor.at < cursor.line.length) {
    if (take(cursor, blanks) || take(cursor, comment)) continue
    const token = nextToken(cursor)
    if (token) tokens.push(token)
  }
  return tokens
}

function nextToken(cursor: Cursor): Token | undefined {
  const redirected = take(cursor, redirect)
  if (redirected) return redirection(cursor, redirected)
  const found = take(cursor, operator)
  if (found) {
    if (found[0] === '\n') skipHeredocs(cursor)
    return { kind: 'operator', text: found[0] }
  }
  const text = word(cursor)
  return text === undefined ? undefined : { kind: 'word', text }
}

function redirection(
  cursor: Cursor,
  [, fd = '', plainOperator, both, bothOperator = '']: RegExpExecArray,
): Token {
  const operatorText = both === undefined ? (plainOperator ?? '') : `&${bothOperator}`
  if (operatorText.endsWith('(')) {
    skipParentheses(cursor)
    return { kind: 'word', text: '/dev/fd/0' }
  }
  take(cursor, blanks)
  const target = word(cursor) ?? ''
  if (operatorText.startsWith('<<') && operatorText !== '<<<' && target !== '') cursor.heredocs.push(target)
  return { kind: 'redirect', fd, operator: operatorText, target }
}

/** Undefined where no word stands here; then one character is skipped, so that reading always moves on. */
function word(cursor: Cursor): string | undefined {
  let text: string | undefined
  for (;;) {
    const piece = wordPiece(cursor)
    if (piece === undefined) break
    text = (text ?? '') + piece
  }
  if (text === undefined && !/[\s;&|<>()]/.test(cursor.line[cursor.at] ?? ' ')) cursor.at += 1
  return text
}

function wordPiece(cursor: Cursor): string | undefined {
  const bare = take(cursor, plain)
  if (bare) return bare[0]
  const quoted = take(cursor, single)
  if (quoted) return quoted[1] ?? ''
  const twice = take(cursor, double)
  if (twice)
    return (twice[1] ?? '').replace(/\\(["\\$`\n])/g, (_, mark: string) => (mark === '\n' ? '' : mark))
  const slashed = take(cursor, escaped)
  if (slashed) return slashed[1] === '\n' ? '' : (slashed[1] ?? '')
  const ansi = take(cursor, ansiQuoted)
  if (ansi) return (ansi[1] ?? '').replace(/\\([\s\S])/g, (_, mark: string) => ansiEscapes[mark] ?? mark)
  const ticks = take(cursor, backticks)
  if (ticks) return ticks[0]
  return substitution(cursor)
}

const ansiEscapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function substitution(cursor: Cursor): string | undefined {
  if (cursor.line[cursor.at] !== '$') return undefined
  const start = cursor.at
  cursor.at += 1
  if (cursor.line[cursor.at] === '(') {
    cursor.at += 1
    skipParentheses(cursor)
  }
  return cursor.line.slice(start, cursor.at)
}

/** Stands after an opening parenthesis, ends after the one that closes it. */
function skipParentheses(cursor: Cursor): void {
  for (let depth = 1; depth > 0 && cursor.at < cursor.line.length; ) {
    if (take(cursor, single) || take(cursor, double) || take(cursor, escaped)) continue
    const mark = cursor.line[cursor.at]
    if (mark === '(') depth += 1
    if (mark === ')') depth -= 1
    cursor.at += 1
  }
}

/** Their bodies are input, not commands. */
function skipHeredocs(cursor: Cursor): void {
  for (const delimiter of cursor.heredocs.splice(0)) {
    while (cursor.at < cursor.line.length) {
      const end = cursor.line.indexOf('\n', cursor.at)
      const body = cursor.line.slice(cursor.at, end === -1 ? undefined : end)
      cursor.at = end === -1 ? cursor.line.length : end + 1
      if (body.trim() === delimiter) break
    }
  }
}

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.line)
  if (!found || found[0] === '') return undefined
  cursor.at += found[0].length
  return found
}
