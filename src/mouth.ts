/** Where `clutch run`, `clutch show` and the hook begin: they are called for every command and must start at once. */
import { mouthVerb } from './cli/mouths.ts'
import { speak } from './speak.ts'

void speak(mouthVerb)
