/** Where the program begins. What is called for every command does not wait for the rest to be read. */
import { isMouth } from './cli/mouths.ts'

if (isMouth(process.argv[2])) await import('./mouth.ts')
else await import('./program.ts')
