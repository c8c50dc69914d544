/** Lines that start alike (a day and a host, a service, a job), under what they share. Nothing is lost. */

export interface Started {
  /** What is told once, on a line of its own. */
  readonly shared: string
  readonly said: string
}

export interface StartReader {
  readonly read: (line: string) => Started | undefined
  /** A line of its own that would read as one under the heading above it, or as a heading. */
  readonly misleads: (line: string) => boolean
}

/** Undefined where a line that has no such start could be taken for one that has. */
export function underStarts(lines: readonly string[], { read, misleads }: StartReader): string[] | undefined {
  const out: string[] = []
  let shared: string | undefined
  for (const line of lines) {
    const started = read(line)
    if (started === undefined) {
      if (misleads(line)) return undefined
      out.push(line)
      continue
    }
    if (started.shared !== shared) out.push(started.shared)
    shared = started.shared
    out.push(started.said)
  }
  return out
}

const reach = 200

function reader(
  whole: RegExp,
  said: RegExp,
  heading: RegExp,
  put: (found: RegExpExecArray) => Started,
): StartReader {
  return {
    read: (line) => {
      const found = whole.exec(line.slice(0, reach))
      if (!found) return undefined
      const { shared, said: start } = put(found)
      return { shared, said: start + line.slice(found[0].length) }
    },
    misleads: (line) => said.test(line.slice(0, reach)) || heading.test(line.slice(0, reach)),
  }
}

/** `Mar 03 10:12:00 host unit[12]: text` of a journal. */
export const journalStart = reader(
  /^([A-Z][a-z]{2} [ \d]\d) (\d\d:\d\d:\d\d(?:\.\d+)?) (\S+) /,
  /^\d\d:\d\d:\d\d/,
  /^[A-Z][a-z]{2} [ \d]\d \S+$/,
  ([, day, time, host]) => ({ shared: `${day} ${host}`, said: `${time} ` }),
)

/** `2026-03-03T10:12:00+0000 host unit[12]: text` of `journalctl -o short-iso`. */
export const isoJournalStart = reader(
  /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d:?\d\d|Z) (\S+) (?=\S+: )/,
  /^\d\d:\d\d:\d\d/,
  /^\d{4}-\d\d-\d\d \S+ \S+$/,
  ([, day, time, zone, host]) => ({ shared: `${day} ${zone} ${host}`, said: `${time} ` }),
)

/** `2026-03-03T10:12:00.123Z text`: the day once. */
export const dayStart = reader(
  /^(\[?\d{4}-\d\d-\d\d)([T ]\d\d:\d\d)/,
  /^[T ]\d\d:\d\d/,
  /^\[?\d{4}-\d\d-\d\d$/,
  ([, day = '', time = '']) => ({ shared: day, said: time }),
)

/** `web-1  | text` of docker compose. */
export const serviceStart = reader(/^([\w.-]+) +\|(?= |$)/, /^\|/, /^[\w.-]+$/, ([, service = '']) => ({
  shared: service,
  said: '|',
}))

/** `job<TAB>step<TAB>text` of gh run view. */
export const stepStart = reader(/^([^\t]+\t[^\t]+)\t/, /^(?!)/, /\t/, ([, step = '']) => ({
  shared: step,
  said: '',
}))
