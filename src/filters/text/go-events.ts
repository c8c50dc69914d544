/** The events of `go test -json`, back to the text that they carry: what `go test -v` would have printed. */

function fieldsOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{"') || !line.endsWith('}')) return undefined
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Undefined where these are not such events. What is no event stays where it is. */
export function printedByGoTest(lines: readonly string[]): readonly string[] | undefined {
  if (!lines.some((line) => line.startsWith('{"Time":"') || line.startsWith('{"Action":"'))) return undefined
  const byPackage = new Map<string, string>()
  const others: string[] = []
  for (const line of lines) {
    const event = fieldsOf(line)
    if (typeof event?.['Action'] !== 'string') {
      others.push(line)
      continue
    }
    const output = event['Output']
    const name = event['Package'] ?? event['ImportPath']
    if (typeof output !== 'string' || typeof name !== 'string') continue
    byPackage.set(name, (byPackage.get(name) ?? '') + output)
  }
  const printed = [...byPackage.values()].flatMap((text) => text.replace(/\n$/, '').split('\n'))
  return [...others, ...printed]
}
