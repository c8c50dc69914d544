/** The filters on the shelf. First one whose command and content both fit reads the output. To add one: a file here, a line here. */
import type { Filter } from './filter.ts'

export const filters: readonly Filter[] = []
