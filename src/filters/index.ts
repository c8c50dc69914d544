/** The filters on the shelf. First one whose command and content both fit reads the output. To add one: a file here, a line here. */
import { du } from './du.ts'
import type { Filter } from './filter.ts'
import { grep } from './grep.ts'
import { ls } from './ls.ts'
import { paths } from './paths.ts'
import { tree } from './tree.ts'

export const filters: readonly Filter[] = [grep, ls, paths, tree, du]
