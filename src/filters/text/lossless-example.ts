/** An example of a filter that loses nothing: what becomes of it is the same at every tier. */
import type { Example } from '../filter.ts'

export const losslessExample = (example: Example): Example => ({ ...example, losslessly: example.becomes })
