/** The one form in which anything left out is told, and how the next mouth knows it. */

/** `count` lines of the original, one after the other, are not here; `clutch show` prints them. */
export const omission = (count: number, what: string, originalId: string): string =>
  `[+${count} lines hidden: ${what} — clutch show ${originalId}]`

const told = / — clutch show r[0-9a-f]{4,}\]/

/** Some mouth has been here before: what it left is left alone. */
export const wasShortened = (text: string): boolean => text.includes(' — clutch show r') && told.test(text)

const counted = /^\[\+(\d+) lines hidden: /

/** How many lines this one stands for; 0 where it is a line of the output itself. */
export const linesBehind = (line: string): number => Number(counted.exec(line.slice(0, 60))?.[1] ?? 0)

export const hiddenLinesIn = (text: string): number =>
  text.includes(' — clutch show r')
    ? text.split('\n').reduce((sum, line) => sum + linesBehind(line.trimStart()), 0)
    : 0
