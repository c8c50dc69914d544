/** The coverage table of istanbul and v8, as jest and vitest print it. */

const row = /^ *\S.*\| +100 \| +100 \| +100 \| +100 \| *$/

/** A file of which nothing is uncovered. */
export const hundredPercent = (line: string): boolean => line.length < 400 && row.test(line)
