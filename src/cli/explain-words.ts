/** An explanation for people. */
import type { Explanation } from '../gateway/describe.ts'
import type { DescribedSession, Elsewhere } from '../gateway/describe-session.ts'
import type { HealthSource } from './ask-health.ts'

export function inWords(
  { asked, rule, outline, session, elsewhere, targets, skipped, refusal }: Explanation,
  health: HealthSource,
): string {
  const looks = outline ? [`looks like  ${describeLook(outline)}`] : []
  const tried = targets.flatMap(({ name, dialect, url, headers, lost, because }, index) => [
    `${String(index + 1).padStart(2)}. ${name}  (${dialect})`,
    ...(url === undefined ? [] : [`      POST ${url}`]),
    ...Object.entries(headers).map(([header, value]) => `      ${header}: ${value}`),
    ...(lost.length > 0 ? [`      lost: ${lost.join(', ')}`] : []),
    ...(because === undefined ? [] : [`      cannot be asked: ${because}`]),
  ])
  const passed = skipped.map(({ name, because }) => `  - ${name}: ${because}`)
  const lines = [
    `asked       ${asked}`,
    `rule        ${rule}`,
    ...looks,
    ...(session ? [`session     ${describeSession(session)}`] : []),
    '',
    ...(tried.length > 0 ? ['would be tried, in this order:', ...tried] : [`refused: ${refusal ?? ''}`]),
    ...(passed.length > 0 ? ['', 'passed over:', ...passed] : []),
    ...(elsewhere.length > 0 ? ['', 'other sessions that stay where their caches are:'] : []),
    ...elsewhere.slice(0, longestList).map(describeElsewhere),
    ...(elsewhere.length > longestList ? [`  … and ${elsewhere.length - longestList} more`] : []),
    '',
    health === 'live'
      ? 'health      as the running gateway knows it'
      : `health      computed without live health: ${health}`,
  ]
  return `${lines.join('\n')}\n`
}

const longestList = 10

const describeSession = ({ id, home, stays, because }: DescribedSession): string =>
  home === undefined
    ? `${id}: ${because}`
    : `${id}: at home with ${home}${stays ? ', stays there' : ''}: ${because}`

const describeElsewhere = ({ session, target, agoMs }: Elsewhere): string =>
  `  - ${session}: ${target}, which served it ${Math.round(agoMs / 1000)} s ago`

function describeLook(outline: NonNullable<Explanation['outline']>): string {
  const words = [
    outline.agent,
    outline.side,
    outline.subagent && 'subagent',
    `${outline.tools} tools`,
    outline.toolResultsLast && 'tool results last',
    outline.thinking && 'thinking',
    outline.images && 'images',
    outline.webSearchOnly && 'web search only',
    `about ${outline.sizeTokens} tokens`,
  ]
  return words.filter((word) => typeof word === 'string').join(', ')
}
