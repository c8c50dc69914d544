// From measured rows to figures: a value, a ratio taken inside each round, the wanted limit, met or missed.
import { median } from './statistics.mjs'

const finite = (values) => values.filter((value) => Number.isFinite(value))

function number(value) {
  if (value === undefined || Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return '∞'
  const size = Math.abs(value)
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)
}

const STEADY_FIGURES = [
  ['same-20k', 'cpuUsPerRequest', 'same dialect, 20 KB request: CPU', 'µs', { over: 'nginx', limit: 3 }],
  ['same-1m', 'cpuUsPerRequest', 'same dialect, 1 MB request: CPU', 'µs', { over: 'nginx', limit: 5 }],
  ['same-stream', 'cpuUsPerEvent', 'same dialect, streamed event: CPU', 'µs', { over: 'nginx', limit: 2.5 }],
  ['cross-20k', 'cpuUsPerRequest', 'cross dialect, 20 KB request: CPU', 'µs', { over: 'json', limit: 1.5 }],
  [
    'cross-20k',
    'cpuUsPerRequest',
    'cross dialect, 20 KB request: CPU above the same dialect',
    'µs',
    { minus: 'same-20k', over: 'json', limit: 1.5 },
  ],
  ['cross-200k', 'cpuUsPerRequest', 'cross dialect, 200 KB request: CPU', 'µs', { over: 'json', limit: 1.5 }],
  ['cross-stream', 'cpuUsPerEvent', 'cross dialect, streamed event: CPU', 'µs', { over: 'nginx', limit: 10 }],
  ['same-growing', 'cpuUsPerRequest', 'same dialect, growing from 20 KB: CPU', 'µs', { over: 'nginx' }],
  ['cross-growing', 'cpuUsPerRequest', 'cross dialect, growing from 200 KB: CPU', 'µs', { over: 'json' }],
  ['same-20k', 'perSecond', 'same dialect, 20 KB: requests', '/s', { over: 'nginx' }],
  ['cross-20k', 'perSecond', 'cross dialect, 20 KB: requests', '/s', {}],
  ['same-growing', 'perSecond', 'same dialect, growing from 20 KB: requests', '/s', { over: 'nginx' }],
  ['cross-growing', 'perSecond', 'cross dialect, growing from 200 KB: requests', '/s', {}],
  ['same-alone', 'p50Ms', 'same dialect, 20 KB alone: p50 added', 'ms', { above: 'direct' }],
  ['same-alone', 'p99Ms', 'same dialect, 20 KB alone: p99 added', 'ms', { above: 'direct' }],
  ['cross-alone', 'p50Ms', 'cross dialect, 20 KB alone: p50 added', 'ms', { above: 'direct' }],
  ['cross-alone', 'p99Ms', 'cross dialect, 20 KB alone: p99 added', 'ms', { above: 'direct' }],
]

/** The yardstick row of a scenario: nginx speaks only the same dialect, so it lends its row to the cross lane. */
const twin = { 'cross-stream': 'same-stream', 'cross-20k': 'same-20k', 'cross-alone': 'same-alone' }

function yardstick(rows, { round, scenario, metric, over }) {
  const same = (row, target, id) => row.round === round && row.target === target && row.scenario === id
  const found =
    rows.find((row) => same(row, over, scenario)) ?? rows.find((row) => same(row, over, twin[scenario]))
  return found?.[over === 'json' ? 'cpuUsPerRequest' : metric]
}

function rowsOf(rows, target, scenario, metric) {
  const all = rows.filter(
    (row) => row.target === target && row.scenario === scenario && row[metric] !== undefined,
  )
  const quiet = all.filter(({ isDisturbed }) => !isDisturbed)
  return quiet.length >= 2 ? quiet : all
}

/** `over`: as a multiple of that target. `above`: what is added to that target. `minus`: less the same target's other scenario. */
function steadyFigure(rows, target, [scenario, metric, label, unit, { over, above, minus, limit }]) {
  const own = rowsOf(rows, target, scenario, metric)
  const other = own.map(({ round }) => yardstick(rows, { round, scenario, metric, over: over ?? above }))
  const less = own.map(({ round }) =>
    minus ? yardstick(rows, { round, scenario: minus, metric, over: target }) : 0,
  )
  const values = own.map((row, i) => row[metric] - less[i] - (above ? other[i] : 0))
  const ratios = over ? finite(values.map((value, i) => value / other[i])) : []
  const ratio = ratios.length ? median(ratios) : undefined
  return {
    id: `${scenario} ${metric}${minus ? ` minus ${minus}` : ''}`,
    label,
    unit,
    value: median(finite(values)),
    against: over,
    reference: median(finite(other)),
    ratio,
    spread: ratios.length ? [Math.min(...ratios), Math.max(...ratios)] : undefined,
    limit: limit && `≤ ${limit}×`,
    isMet: limit && ratio !== undefined ? ratio <= limit : undefined,
  }
}

const plain = (id, label, unit, value, limit, isMet) => ({
  id,
  label,
  unit,
  value,
  limit: limit === undefined ? undefined : typeof limit === 'number' ? `≤ ${limit} ${unit}` : limit,
  isMet: limit === undefined ? undefined : (isMet ?? value <= limit),
})

const BEHAVIOUR_FIGURES = {
  startup: (m) => [
    plain('startup', 'start to first answer', 'ms', median(m.startMs)),
    plain('idle', 'idle memory', 'MB', m.rssMb, 90),
  ],
  planning: (m) => [
    plain('planning', 'planning of a 200 KB request, right after its parse', 'µs', m.afterParseUs, 50),
    plain('planning alone', 'planning of a 200 KB request, alone', 'µs', m.aloneUs, 50),
    plain('planning nameless', 'planning of a 200 KB request that names no session', 'µs', m.namelessUs),
  ],
  open: (m, lane) => [
    plain(
      `${lane}-open memory`,
      `${lane} dialect, ${m.openStreams} open streams: memory above idle`,
      'MB',
      m.extraMb,
      70,
    ),
    plain(
      `${lane}-open events`,
      `${lane} dialect, open streams: events of ${m.wanted} delivered`,
      '',
      m.events,
      'all',
      m.events === m.wanted && m.errors === 0,
    ),
    plain(
      `${lane}-open delay`,
      `${lane} dialect, open streams: upstream to client p99`,
      'ms',
      m.delayP99Ms,
      100,
    ),
    plain(
      `${lane}-open delay p50`,
      `${lane} dialect, open streams: upstream to client p50`,
      'ms',
      m.delayP50Ms,
    ),
  ],
  stall: (m, lane) => [
    plain(
      `${lane}-stall memory`,
      `${lane} dialect, ${m.wanted} clients that do not read: memory growth`,
      'MB',
      m.growthMb,
      100,
    ),
    plain(
      `${lane}-stall taken`,
      `${lane} dialect, not read: taken from upstream per stream`,
      'MB',
      m.takenMb,
      16,
    ),
    plain(
      `${lane}-stall still`,
      `${lane} dialect, not read: upstream stands still after`,
      's',
      m.stoodStillAfterS,
      20,
    ),
  ],
  leave: (m, which) => [
    plain(
      `leave-${which}`,
      `client leaves (${which}): upstream aborted, worst of ${m.wanted}`,
      'ms',
      m.maxMs,
      1000,
      m.maxMs <= 1000 && m.upstreamRequests === m.wanted,
    ),
  ],
}

function behaviourFigures({ scenario, ...measured }) {
  const own = BEHAVIOUR_FIGURES[scenario]
  if (own) return own(measured)
  const [first, second] = scenario.split('-')
  return first === 'leave'
    ? BEHAVIOUR_FIGURES.leave(measured, second)
    : BEHAVIOUR_FIGURES[second](measured, first)
}

function jsonCostFigures(rows) {
  return ['20k', '200k'].flatMap((size) => {
    const costs = rows
      .filter((row) => row.target === 'json' && row.size === size)
      .map((row) => row.cpuUsPerRequest)
    return costs.length
      ? [plain(`json ${size}`, `JSON.parse + JSON.stringify, ${size}`, 'µs', median(costs))]
      : []
  })
}

/** Every figure of one target, in the order of the page. */
export function figuresOf(target, rows, behaviours) {
  const [same, grown] = [false, true].map((isGrowing) =>
    finite(
      rows
        .filter((row) => row.target === target && row.scenario.endsWith('-growing') === isGrowing)
        .map((row) => row.rssMb),
    ),
  )
  return [
    ...STEADY_FIGURES.map((figure) => steadyFigure(rows, target, figure)).filter((f) =>
      Number.isFinite(f.value),
    ),
    ...(same.length ? [plain('load memory', 'memory under load, peak', 'MB', Math.max(...same))] : []),
    ...(grown.length
      ? [plain('growing memory', 'growing sessions: memory, peak', 'MB', Math.max(...grown))]
      : []),
    ...behaviours.filter((row) => row.target === target).flatMap(behaviourFigures),
  ]
}

const verdict = (isMet) => (isMet === undefined ? '' : isMet ? 'met' : 'MISSED')

const line = ({ label, value, unit, against, reference, ratio, spread, limit, isMet }) => [
  label,
  `${number(value)} ${unit}`.trim(),
  ratio === undefined
    ? ''
    : `${number(reference)} ${unit} ${against === 'json' ? 'parse + stringify' : against}`,
  ratio === undefined ? '' : `${number(ratio)}× [${spread.map(number).join('–')}]`,
  limit ?? '',
  verdict(isMet),
]

function table(head, lines) {
  const all = [head, ...lines]
  const widths = head.map((_, column) => Math.max(...all.map((cells) => cells[column].length)))
  const row = (cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd()
  return [row(head), widths.map((width) => '─'.repeat(width)).join('  '), ...lines.map(row)].join('\n')
}

const HEAD = ['', 'value', 'beside', 'ratio [min–max]', 'wanted', '']

/** Others than the subject are shown as they are: they have nothing to reach. */
const plainly = (figure, name) => ({
  ...figure,
  limit: undefined,
  isMet: undefined,
  ratio: figure.against === name ? undefined : figure.ratio,
})

export function print({ names, subject, rows, behaviours }) {
  for (const name of names) {
    const figures = figuresOf(name, rows, behaviours)
    if (figures.length === 0) continue
    const lines = figures.map((figure) => line(name === subject ? figure : plainly(figure, name)))
    const used = HEAD.map((_, i) => i).filter((i) => i < 2 || lines.some((cells) => cells[i]))
    const cut = (cells) => used.map((i) => cells[i])
    process.stdout.write(`\n${table(cut([name, ...HEAD.slice(1)]), lines.map(cut))}\n`)
  }
  const costs = jsonCostFigures(rows).map(({ label, value }) => `${label}: ${number(value)} µs`)
  if (costs.length) process.stdout.write(`\n${costs.join(' · ')}\n`)
  printDisturbance(rows)
}

function printDisturbance(rows) {
  const shares = finite(rows.map(({ othersShare }) => othersShare))
  const disturbed = rows.filter(({ isDisturbed }) => isDisturbed).length
  if (shares.length)
    process.stdout.write(
      `used by others meanwhile: ${number(median(shares))} CPUs (median); ${disturbed} of ${shares.length} runs disturbed\n`,
    )
  for (const { target, scenario, round, errors, sample } of rows)
    if (errors)
      process.stdout.write(`${target} ${scenario}, round ${round + 1}: ${errors} errors, first: ${sample}\n`)
}
