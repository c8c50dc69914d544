/** What programs say while all is well: off a list of what may go from a log of nobody known (tier 1), counted. */
import { leaveOut, type NoiseList, type NoiseOf, noiseFrom } from '../filters/text/noise.ts'
import { weigh } from './signals.ts'

const list: NoiseList = [
  [
    'passing tests',
    /^\s*(?:✓|✔|√)\s|\.\.\. (?:ok|ignored|skipped)\b|\bPASSED\s*(?:\[ *\d+%\])?$|^\[gw\d+\] \[ *\d+%\] PASSED |^(?:PASS|ok +\d+|ok {2}\t)\s*\S|\.{4,}\s?(?:Passed|Skipped|\(no files to check\)Skipped)$|^\s*--- PASS|^=== (?:RUN|PAUSE|CONT) /,
  ],
  [
    'downloads',
    /^\s*(?:Downloading|Downloaded|Collecting|Using cached|Requirement already satisfied|Receiving objects|Resolving deltas|remote: (?:Counting|Compressing|Enumerating|Total)|Updating files|Unpacking|Preparing to unpack|Selecting previously unselected|Get:\d+ |Hit:\d+ |Ign:\d+ |Progress: resolved|\(Reading database)|^[0-9a-f]{12}: (?:Pull|Wait|Verif|Download|Extract|Already|Preparing|Layer|Pushed)|^#\d+ (?:sha256:|extracting |resolve |transferring )|^\s*Obtaining file|^\s*\d+(?:\.\d+)?%\s*\[|^Received \d+ of \d+|^ \* \[new (?:branch|tag|ref)\]/,
  ],
  [
    'compiled units',
    /^\s*(?:Compiling|Checking|Fresh|Documenting|Installing|Adding|Locking) \S+ v?\d|^\s*\[ *\d+(?:\/\d+|%)\] (?!FAILED)\S|^\s*(?:CC|CXX|LD|AR|GEN|AS) {2,}\S|^libtool: |^\s*(?:adding|creating|inflating|copying|extracting|byte-compiling) \S/,
  ],
]

const noiseOf = noiseFrom(list)

/** Of itself the line says nothing that anybody would miss. */
export const isChatter = (line: string): boolean => noiseOf(line) !== undefined

/** The end of a group may stand in a block that is told by reference. */
export const endsGroup = (line: string): boolean =>
  line.startsWith('##[endgroup]') || /^\[\d+ lines as above, /.test(line)

/** What a CI service does before and after the steps that somebody wrote. */
const setup =
  /^##\[group\](?:Runner Image|Operating System|GITHUB_TOKEN Permissions|VM Image|Getting Git version|Initializing the repository|Disabling automatic|Setting up auth|Fetching the repository|Determining the checkout|Checking out the ref|Fetching submodules|Run actions\/checkout)/
const setupLine =
  /^(?:Secret source: |Prepare (?:workflow directory|all required actions)|Getting action download info|Download action repository |Hosted Compute Agent|\[command\]\S*git|\[command\]"[^"]*git|hint:|Temporarily overriding HOME|Adding repository directory to the temporary git|Deleting the contents of|Removing (?:SSH|HTTP|includeIf|credentials)|Cleaning up orphan)/

/** `lines` without runs of chatter; lines that may name trouble stay, whatever they begin with. */
export function withoutChatter(
  lines: readonly string[],
  hidden: (count: number, what: string) => string,
  isCi: boolean,
): readonly string[] {
  const setupOf = isCi ? setupReader() : (): undefined => undefined
  const chatterOf: NoiseOf = (line) => {
    const what = setupOf(line) ?? noiseOf(line)
    return what !== undefined && weigh(line).strong ? undefined : what
  }
  return leaveOut(lines, chatterOf, { hidden, lastStays: true })
}

/** Reads lines in their order: groups last until they end, the cleanup until the next step. */
function setupReader(): NoiseOf {
  let inSetup = false
  let inCleanup = false
  return (line) => {
    if (line.startsWith('##[group]')) {
      inSetup = setup.test(line)
      if (line.startsWith('##[group]Run ')) inCleanup = false
    }
    if (line.startsWith('Post job cleanup.')) inCleanup = true
    const isSetup = inSetup || inCleanup || setupLine.test(line)
    if (endsGroup(line)) inSetup = false
    return isSetup ? 'setup and cleanup of the runner' : undefined
  }
}
