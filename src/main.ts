/** Where the program begins. What is called for every command does not wait for the rest to be read. */
import { isMouth, mouthVerb } from './cli/mouths.ts'
import { speak } from './speak.ts'

const word = process.argv[2]
if (isMouth(word)) await speak(mouthVerb)
else if (word === 'xx') await speak(async () => (await import('./cli/xx.ts')).xxVerb)
else await import('./program.ts')
