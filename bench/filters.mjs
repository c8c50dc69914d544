// What shortening costs and what it leaves: milliseconds of CPU per 100 KB at p50 and p95, tokens before and after by a real
// tokenizer, and on 18 real CI failures the share of what names the cause that is still told.
//   node bench/filters.mjs [--json FILE]
//   node bench/filters.mjs --formats     # of each recorded output: lines, tokens before and after, share saved
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { bundled } from './bundle.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { shorten, filters, estimateTokens, recordings, shellRecordings, drop } = await bundled(`
export { shorten } from './src/compression/shorten.ts'
export { estimateTokens } from './src/compression/tokens.ts'
export { filters } from './src/filters/index.ts'
export { recordings } from './test/filters/recordings.ts'
export { shellRecordings } from './test/filters/shell-recordings.ts'
`)

/** Small results cost what a call costs; the law is about size, so it is measured on outputs of this size and more. */
const leastCharacters = 100_000
const rounds = 24
/** V8 compiles what is new to it for about ten readings of a kind, on other threads that count too. Told apart: a gateway runs for days. */
const warmUps = 12

const run = ({ commandLine, text }, level) =>
  shorten({ tool: 'Bash', commandLine, failed: false, text }, { level, originalId: 'r7f3a2', filters })
const textOf = (sample, outcome) => (outcome.kind === 'raw' ? sample.text : outcome.text)
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
const figure = (number) => number.toFixed(2).padStart(7)

function failures() {
  const folder = join(root, 'test/data/logdx')
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return names.map(({ name }) => ({
    name,
    commandLine: 'gh run view --log-failed',
    text: gunzipSync(readFileSync(join(folder, name, 'raw.log.gz'))).toString('utf8'),
    truth: JSON.parse(readFileSync(join(folder, name, 'ground_truth.json'), 'utf8')),
  }))
}

/** Outputs of real tools, one after the other until they are long: what reading them costs, not what it saves. */
const outputs = () => recordings.map(({ name, commandLine }) => repeated(name, commandLine))
const shellOutputs = () =>
  shellRecordings.map(([name, commandLine]) => repeated(name, commandLine, 'shell-recordings'))

function repeated(name, commandLine, kind) {
  const output = recorded(name, kind)
  return { name, commandLine, text: output.repeat(Math.ceil(leastCharacters / output.length)) }
}

function recorded(name, kind = 'recordings') {
  const folder = join(root, 'test/filters', kind)
  const file = readdirSync(folder).find((each) => each === `${name}.txt` || each === `${name}.txt.gz`)
  const bytes = readFileSync(join(folder, file))
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

function tellFormats() {
  const ofTools = recordings.map((each) => ({ ...each, text: recorded(each.name) }))
  const ofShells = shellRecordings.map(([name, commandLine, least]) => ({
    name,
    commandLine,
    failed: false,
    saved: least / 100,
    text: recorded(name, 'shell-recordings'),
  }))
  for (const { name, commandLine, failed, saved, text } of [...ofTools, ...ofShells]) {
    const outcome = shorten(
      { tool: 'Bash', commandLine, failed, text },
      { level: 'balanced', originalId: 'r7f3a2', filters },
    )
    const [before, after] = [text, textOf({ text }, outcome)].map(countTokens)
    const share = `${((1 - after / before) * 100).toFixed(1)} %`
    console.log(
      `${name.padEnd(22)} ${String(text.split('\n').length).padStart(6)} lines ${String(before).padStart(7)} -> ${String(after).padStart(6)} tokens, saved ${share.padStart(6)}, at least ${Math.round(saved * 100)} %`,
    )
  }
}

function costs(samples, level) {
  const warm = []
  const cold = []
  for (let round = 0; round < rounds; round += 1)
    for (const sample of samples) {
      const before = process.cpuUsage()
      run(sample, level)
      const { user, system } = process.cpuUsage(before)
      const of = round < warmUps ? cold : warm
      of.push({ ms: (user + system) / 1000 / (sample.text.length / 100_000), name: sample.name })
    }
  const byMs = (a, b) => a.ms - b.ms
  return { sorted: warm.sort(byMs), cold: cold.slice(0, samples.length).sort(byMs) }
}

function tellCosts(title, samples, level) {
  const { sorted, cold } = costs(samples, level)
  const [p50, p95] = [at(sorted, 0.5).ms, at(sorted, 0.95).ms]
  const first = at(cold, 0.5).ms
  const slowest = [...new Set(sorted.slice(-Math.ceil(sorted.length / 20)).map(({ name }) => name))].slice(
    0,
    6,
  )
  console.log(
    `${title.padEnd(34)} ${level.padEnd(10)} p50 ${figure(p50)}  p95 ${figure(p95)}  first time p50 ${figure(first)}   slowest: ${slowest.join(', ')}`,
  )
  return { title, level, p50, p95, first }
}

const bare = (text) =>
  text.replace(new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g'), '').replaceAll('\r', '')
const told = ({ value, aliases = [], file }, text) =>
  [value, ...aliases, file].some((piece) => piece !== undefined && text.includes(piece))

function tellSignals(cases, level) {
  let [tokens, shares, complete, before] = [0, 0, 0, 0]
  for (const sample of cases) {
    const raw = bare(sample.text)
    const signals = sample.truth.required_signals.filter((signal) => told(signal, raw))
    const text = textOf(sample, run(sample, level))
    const shown = bare(text)
    const kept = signals.filter((signal) => told(signal, shown)).length
    tokens += countTokens(text)
    before += countTokens(sample.text)
    shares += kept / signals.length
    if (kept === signals.length) complete += 1
  }
  const row = {
    level,
    signals: (shares / cases.length) * 100,
    complete,
    tokens: Math.round(tokens / cases.length),
    before: Math.round(before / cases.length),
  }
  console.log(
    `LogDx-CI, ${level.padEnd(10)} signals ${row.signals.toFixed(1)} %  cases complete ${complete}/${cases.length}  mean tokens ${row.tokens} of ${row.before}`,
  )
  return row
}

/** Ours against the real count, both on what goes in and on what comes out. */
function tellEstimate(samples) {
  const ratios = samples
    .flatMap((sample) => [
      sample.text.slice(0, 200_000),
      textOf(sample, run(sample, 'balanced')).slice(0, 200_000),
    ])
    .map((text) => estimateTokens(text) / countTokens(text))
    .sort((a, b) => a - b)
  const [low, middle, high] = [0.05, 0.5, 0.95].map((share) => at(ratios, share))
  console.log(
    `estimated / counted tokens (o200k)  p5 ${figure(low)}  p50 ${figure(middle)}  p95 ${figure(high)}`,
  )
  return { low, middle, high }
}

if (process.argv.includes('--formats')) {
  tellFormats()
  drop()
  process.exit(0)
}

const cases = failures()
const long = cases.filter(({ text }) => text.length >= leastCharacters)
const shelf = outputs()
const shells = shellOutputs()
const report = {
  costs: [
    tellCosts('CPU ms per 100 KB, CI logs', long, 'balanced'),
    tellCosts('CPU ms per 100 KB, CI logs', long, 'lossless'),
    tellCosts('CPU ms per 100 KB, real tools', shelf, 'balanced'),
    tellCosts('CPU ms per 100 KB, real tools', shelf, 'lossless'),
    tellCosts('CPU ms per 100 KB, shells', shells, 'balanced'),
    tellCosts('CPU ms per 100 KB, shells', shells, 'lossless'),
  ],
  signals: [tellSignals(cases, 'balanced'), tellSignals(cases, 'lossless')],
  estimate: tellEstimate([...cases, ...shelf]),
}
drop()
const json = process.argv.indexOf('--json')
if (json !== -1)
  writeFileSync(process.argv[json + 1] ?? 'filters.json', `${JSON.stringify(report, null, 2)}\n`)
