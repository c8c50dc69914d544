/** What hooks of git say while nothing is wrong: pre-commit, lint-staged. */
import type { NoiseList } from './noise.ts'

export const hookNoise: NoiseList = [
  ['hooks that passed', /^[^\n]{1,200}?\.{3,}(?:\([^()]{1,60}\))?(?:Passed|Skipped)$/],
  ['steps of lint-staged', /^\[(?:STARTED|COMPLETED|SKIPPED)\] /],
  [
    'steps of lint-staged',
    /^(?:✔|↓|❯|⚙) (?:Preparing|Backed up|Running tasks|Applying modifications|Cleaning up|Hiding|Restoring)/,
  ],
]
