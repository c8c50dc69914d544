/** npm, pnpm, yarn, bun installing: what was added, warned of and refused; not every request and every deprecated package. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { drawn, indented } from './text/drawing.ts'
import { npmNoise, npmNoiseOfSuccess } from './text/install-noise.ts'
import { harmlessFrom, leaveOut } from './text/noise.ts'
import { operandsOf } from './text/verb.ts'

const verbs = new Set(
  'install i ci add update up upgrade remove rm uninstall un dedupe rebuild prune link import fetch audit outdated create init dlx exec'.split(
    ' ',
  ),
)

const always = harmlessFrom(npmNoise)
const either = harmlessFrom([...npmNoise, ...npmNoiseOfSuccess])

function shorten({ lines, tier, hidden, failed }: Reading): Shortened | undefined {
  const listed = lines.some((line) => drawn(line) !== undefined) ? (indented(lines) ?? lines) : lines
  if (tier < 1) return listed === lines ? undefined : { lines: listed, tier: 0 }
  const left = leaveOut(listed, failed ? always : either, { hidden, lastStays: failed })
  if (left === lines) return undefined
  return { lines: left, tier: left === listed ? 0 : 1 }
}

export const npmInstall: Filter = {
  id: 'npm-install',
  suggests: (command) => {
    if (!['npm', 'pnpm', 'yarn', 'bun', 'npx', 'corepack'].includes(command.program)) return false
    const verb = operandsOf(command)[0]
    return verb === undefined || verbs.has(verb)
  },
  confirms: (lines) => lines.some((line) => either(line) !== undefined || drawn(line) !== undefined),
  shorten,
  examples: [
    {
      name: 'an install with old packages',
      commandLine: 'npm install',
      output: `npm warn deprecated inflight@1.0.6: This module leaks memory. Use another one.
npm warn deprecated har-validator@5.1.5: this library is no longer supported
npm warn deprecated request@2.88.2: request has been deprecated
npm warn ERESOLVE overriding peer dependency

added 257 packages, and audited 258 packages in 13s

47 packages are looking for funding
  run \`npm fund\` for details

3 moderate severity vulnerabilities

To address all issues, run:
  npm audit fix
npm notice
npm notice New major version of npm available! 10.8.2 -> 11.0.0
npm notice Changelog: https://example.org/npm/v11.0.0
npm notice To update run: npm install -g npm@11.0.0
npm notice`,
      becomes: `[+3 lines hidden: deprecated packages — clutch show r7f3a2]
npm warn ERESOLVE overriding peer dependency

added 257 packages, and audited 258 packages in 13s

47 packages are looking for funding
  run \`npm fund\` for details

3 moderate severity vulnerabilities

To address all issues, run:
  npm audit fix
[+5 lines hidden: advice — clutch show r7f3a2]`,
    },
    {
      name: 'yarn and what it saved',
      commandLine: 'yarn add express',
      output: `yarn add v1.22.22
[1/4] Resolving packages...
[2/4] Fetching packages...
[3/4] Linking dependencies...
[4/4] Building fresh packages...
success Saved lockfile.
info Direct dependencies
└─ express@4.18.2
info All dependencies
├─ accepts@1.3.8
├─ bytes@3.1.2
└─ express@4.18.2
Done in 1.20s.`,
      becomes: `yarn add v1.22.22
[+4 lines hidden: progress — clutch show r7f3a2]
success Saved lockfile.
info Direct dependencies
 express@4.18.2
info All dependencies
 accepts@1.3.8 bytes@3.1.2 express@4.18.2
Done in 1.20s.`,
      losslessly: `yarn add v1.22.22
[1/4] Resolving packages...
[2/4] Fetching packages...
[3/4] Linking dependencies...
[4/4] Building fresh packages...
success Saved lockfile.
info Direct dependencies
 express@4.18.2
info All dependencies
 accepts@1.3.8 bytes@3.1.2 express@4.18.2
Done in 1.20s.`,
    },
    {
      name: 'an install that failed',
      commandLine: 'npm ci',
      failed: true,
      output: `npm http fetch GET 200 https://registry.example.org/express 143ms (cache updated)
npm http fetch GET 200 https://registry.example.org/zod 60ms (cache hit)
npm http fetch GET 200 https://registry.example.org/left 61ms (cache hit)
npm http fetch GET 404 https://registry.example.org/@shop%2fsecret 88ms (cache skip)
npm warn deprecated request@2.88.2: request has been deprecated
npm error code E404
npm error 404 Not Found - GET https://registry.example.org/@shop%2fsecret`,
      becomes: `[+2 lines hidden: requests — clutch show r7f3a2]
npm http fetch GET 200 https://registry.example.org/left 61ms (cache hit)
npm http fetch GET 404 https://registry.example.org/@shop%2fsecret 88ms (cache skip)
npm warn deprecated request@2.88.2: request has been deprecated
npm error code E404
npm error 404 Not Found - GET https://registry.example.org/@shop%2fsecret`,
    },
  ],
}
