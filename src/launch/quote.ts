/** Words as a POSIX shell reads them back, whatever is in them. */

const plain = /^[\w@%+=:,./-]+$/

/** Bare where nothing in it means anything to a shell. */
export const quoteWord = (word: string): string => (plain.test(word) ? word : quoteAlways(word))

/** Between single quotes nothing means anything but the quote itself. */
export const quoteAlways = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
