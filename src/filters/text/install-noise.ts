/** What package managers print while they work: also found inside image builds and CI logs. */
import type { NoiseList } from './noise.ts'

export const aptNoise: NoiseList = [
  ['downloads', /^(?:Get|Hit|Ign):\d+ \S/],
  ['downloads', /^Fetched [\d.,]+ k?[BM]/],
  ['package lists', /^(?:Reading package lists|Building dependency tree|Reading state information)\.\.\./],
  ['unpacking', /^(?:Selecting previously unselected package |Preparing to unpack |\(Reading database )/],
  ['unpacking', /^Unpacking \S+ \(.{1,200}\) \.\.\.$/],
  ['unpacking', /^Processing triggers for /],
]

/** Where it failed, the package that was set up last may be why. */
export const aptNoiseOfSuccess: NoiseList = [
  ['setting up', /^Setting up \S+ \(.{1,100}\) \.\.\.$/],
  [
    'setting up',
    /^(?:update-alternatives: using |Created symlink |Adding (?:system )?(?:user|group) |invoke-rc\.d: )/,
  ],
  ['setting up', /^\(\d+\/\d+\) (?:Installing|Upgrading) \S+ \(/],
  ['downloads', /^fetch https?:\/\/\S+APKINDEX/],
]

export const pipNoise: NoiseList = [
  ['downloads', /^ *(?:Downloading|Using cached|Downloaded) \S+/],
  ['downloads', /^ *[━╸╺ |█▏▎▍▌▋▊▉#-]*[━█#]{4}.{0,80}(?:eta|[kM]?B\/s|%)/],
  ['what is needed', /^Collecting \S+/],
  ['what is needed', /^Requirement already satisfied: .{1,300} \(from /],
  [
    'building',
    /^ +(?:Preparing metadata|Installing build dependencies|Getting requirements to build|Building wheel for).{0,120}(?:started|done|still running\.\.\.|finished with status 'done')$/,
  ],
  ['building', /^ +(?:Created wheel for |Stored in directory: )/],
  ['uninstalling', /^ +(?:Attempting uninstall: |Found existing installation: |Uninstalling \S+:$)/],
  ['uninstalling', /^ {4,}Successfully uninstalled /],
  [
    'progress',
    /^ +[-•] (?:Installing|Updating|Downgrading|Removing) .{1,200}: (?:Pending|Downloading|Installing|Building|Preparing)\.\.\./,
  ],
]

export const pipNoiseOfSuccess: NoiseList = [
  ['building', /^ *(?:Building|Built) \S+(?: @ \S+)?$|^Building wheels for collected packages: /],
  ['what is installed', /^Installing collected packages: /],
]

export const npmNoise: NoiseList = [
  ['requests', /^npm http (?:fetch|cache) .{1,300}? (?:200|304) /],
  ['requests', /^npm http cache /],
  ['advice', /^npm notice(?:$| (?:New (?:major|minor|patch) version|Changelog: |To update run: ))/],
  ['advice', /^\d+ packages? (?:is|are) looking for funding$|^ +run `npm fund` for details$/],
  ['progress', /^(?:\S+ +\| +)?Progress: resolved \d+, reused \d+, downloaded \d+, added \d+$/],
  ['progress', /^\++-*$|^Downloading \S+: [\d.]+ \wB\/[\d.]+ \wB(?:, done)?$/],
  [
    'progress',
    /^\[\d\/\d\] (?:Resolving packages|Fetching packages|Linking dependencies|Building fresh packages|Validating)/,
  ],
  ['progress', /^➤ YN0000: [┌└] /],
  ['progress', /^➤ YN00(?:13|19): │ .{1,300} (?:can't be found in the cache|appears to be unused)/],
  ['progress', /^Resolving dependencies$|^Resolved, downloaded and extracted \[\d+\]$/],
  [
    'optional packages of other platforms',
    /^info .{1,200}(?:is incompatible with this module|failed compatibility check)/,
  ],
]

export const npmNoiseOfSuccess: NoiseList = [
  ['deprecated packages', /^npm (?:warn|WARN) deprecated /],
  ['deprecated packages', /^ ?WARN +deprecated /],
  ['deprecated packages', /^warning .{1,300}: .{0,200}(?:deprecated|no longer (?:supported|maintained))/i],
  ['verbose lines', /^npm (?:verb|verbose|sill|silly|timing|info) /],
  ['building', /^➤ YN0007: /],
]
