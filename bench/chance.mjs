// The same "random" text in every run: code-like lines for prompts, token-like fragments for replies.
const WORDS =
  'const return await function export import if else for while throw error result value index buffer stream request reply handler config options client server token message content block the of to and in that is with on this as be by not are from have when file line test expect name type string number null async'.split(
    ' ',
  )

/** Numbers in [0, 1), decided by the seed (mulberry32). */
export function chance(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const word = (random) => WORDS[Math.floor(random() * WORDS.length)]

function codeLine(random) {
  const words = Array.from({ length: 3 + Math.floor(random() * 9) }, () => word(random))
  const kind = random()
  if (kind < 0.2) return `\t${words.join(' ')} = "${words[0]}";`
  if (kind < 0.35) return `    ${words.join('.')}({ ${words[0]}: '${words[1]}' });`
  if (kind < 0.38) return `// ${words.join(' ')} — déjà vu ✓`
  return kind < 0.45 ? '' : `  ${words.join(' ')}`
}

/** About `size` characters of code: quotes, tabs, braces and now and then something outside ASCII. */
export function codeText(random, size) {
  const lines = []
  for (let length = 0; length < size; length += lines.at(-1).length + 1) lines.push(codeLine(random))
  return lines.join('\n')
}

/** Fragments as a model streams them: a word, now and then a quote, a line break or a dash. */
export function fragments(random, count) {
  return Array.from({ length: count }, () => {
    const kind = random()
    if (kind < 0.06) return '\n'
    if (kind < 0.12) return ` "${word(random)}`
    if (kind < 0.16) return '();\n\t'
    return kind < 0.17 ? ' —' : ` ${word(random)}`
  })
}
