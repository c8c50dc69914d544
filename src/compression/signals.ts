/** Which lines of a log say what went wrong: what tools of every family write when they fail, end or sum up. */

/** Longer lines say what they are in their beginning; and a pattern is never run over a megabyte. */
const probed = 320

/** No line without one of these fits `strong`, and this is quickly seen. */
const roots =
  /err|fail|fatal|panic|critical|broken|traceback|goroutine|caused by|overflow|fault|dumped|oom|memory|killed|signal|exit|complete|terminated|finished|returned|not ok|E {2}|conflict|rejected|sanitizer|crashloop|imagepull|no space|shutdown|cancel|communication|http|status|code|server|bad gateway|service|too many|forbidden|unauthorized|[\u0080-\uffff]/i

/** Where these stand, something went wrong. */
const strong = new RegExp(
  [
    '##\\[error\\]|::error|^\\s*(?:npm )?ERR!|\\bnpm error\\b',
    '(?:^|[\\s\\]:(|])(?:fatal|fatal error|internal error|runtime error|critical|panic)(?::|\\b.*:)',
    '(?:^|[\\s\\]:(|>])error(?::|\\[|\\(| (?:TS|CS|C|MSB|LNK|NETSDK|CA|NU)\\d+|!|  )',
    '(?:^|\\s)\\[(?:ERROR|FATAL|FAIL|FAILED)\\]|(?:^|\\s)(?:ERROR|FATAL|CRITICAL|FAIL|FAILED|FAILURE|FAILURES|ERRORS|BROKEN)(?:[\\s:!([]|$)',
    '\\bTraceback \\(most recent|\\bpanicked at\\b|\\bgoroutine \\d+ \\[|^Caused by:|\\bstack overflow',
    '[Ss]egmentation [Ff]ault|[Cc]ore dumped|\\b(?:OOM|oom)[ -]?[Kk]ill|[Oo]ut of memory|^Killed\\b|\\bsignal (?:9|11|6|15)\\b',
    '\\b(?:exit|exited|failed|terminated|completed|finished|returned)(?: with)?(?: a)?(?: non-?zero)? (?:exit )?(?:code|status):?\\s*-?(?!0\\b)\\d+|\\bexit(?: code|status)?[ =:]+(?!0\\b)\\d+|non-?zero exit|\\bError \\d+\\b',
    '\\bdid not complete successfully|failed to (?:solve|compile|build|load|parse|start|fetch|push|pull|connect|resolve|run|create|open)',
    '^\\s*(?:not ok\\b|--- FAIL|E {2,}|✗|✕|✖|×|● |❌|⨯)|\\b\\.\\.\\. ?(?:FAILED|ERROR|FAIL)\\b|\\.{3,}(?:.{0,12})Failed$',
    '\\bFailure/Error:|\\bCONFLICT\\b|! \\[(?:remote )?rejected\\]|\\bAddressSanitizer|\\bThreadSanitizer|LeakSanitizer|UndefinedBehaviorSanitizer',
    '\\b(?:OOMKilled|CrashLoopBackOff|ImagePullBackOff|ErrImagePull|BUILD FAILED|BUILD FAILURE)\\b|[Nn]o space left on device|received a shutdown signal|operation was cancell?ed|lost communication',
    'HTTP(?:/[\\d.]+)? ?(?:error )?[45]\\d\\d\\b|\\b(?:status|code|error|returned|server)[ :=]+[45]\\d\\d\\b|\\b(?:502 Bad Gateway|503 Service|504 Gateway|429 Too Many|403 Forbidden|404 Not Found|401 Unauthorized)',
  ].join('|'),
)

/** These are news unless they are part of a path, a test's name or an option. */
const named =
  /\b[A-Z]\w*(?:Error|Exception|Failure|Panic)\b|\bSIG(?:SEGV|KILL|ABRT|BUS|TERM|ILL)\b|\bE(?:CONN\w+|TIMEDOUT|NOTFOUND|NOENT|ACCES|PERM|ADDRINUSE|NOSPC|RESOLVE|BADENGINE|INTEGRITY|404|PIPE|AI_AGAIN|MFILE|EXIST)\b/

const weak =
  /\b(?:errors?|fail(?:ed|s|ure|ures|ing)?|exceptions?|cannot|can't|could ?n[o']t|unable to|not found|no such|undefined|unexpected|invalid|mismatch(?:ed)?|missing|unsupported|incompatible|abort(?:ed|ing)?|crash(?:ed)?|corrupt(?:ed)?|timed? ?out|deadline|denied|refused|unreachable|unresolved|rejected|forbidden|unauthorized|expected|actual|received|assert\w*|violations?|dubious|conflicts?|not (?:declared|defined|supported|installed|permitted|allowed|resolved|satisfied|exist)|doesn't|does not|retr(?:y|ies|ying)|reset by peer|broken pipe|leaked?|deadlock|overflow|exceed(?:s|ed|ing)?|over (?:the|its|their) limits?|must|please)\b/i

/** Trouble by name only: counts of nothing, flags, options, files called so, tests that passed. */
const benign =
  /^hint:|^\S+\.py::(?!.* (?:FAILED|ERROR)).*$|\b(?:0|no|without|zero) (?:errors?|fail(?:ed|ures?|ing)?|exceptions?|problems?|warnings?|vulnerabilities)\b|\b(?:errors?|fail(?:ed|ures?)|exceptions?)["']?[:=]\s*["']?(?:0|none|null|false|\[\]|\{\})\b|fail-?fast|continue-on-error|if-no-files-found|set -[a-z]*e|\b(?:ok|passed|PASSED|OK|PASS)\s*(?:\(.*\)|\[.*\]|in .*|\d.*)?$|^\s*(?:\[\w+\] +\[ *\d+%\] +)?(?:✓|✔|√|○|ok \d|PASS(?:ED)?\b|SKIPPED|XFAIL|XPASS|test .* \.\.\. (?:ok|ignored))|\b(?:PASSED|SKIPPED|XFAIL|XPASS)\s*(?:\[ *\d+%\])?$/i

/** Work on something that is called so, and options of compilers: trouble only where they say that it ended badly. */
const work =
  /-W(?:no-)?error|^\s*(?:adding|copying|creating|extracting|inflating|unpacking|downloading|compiling|building|collecting|installing|linking|generating)\b/i
const endedBadly = /\berror: |\bfailed(?:[:!.,]|$| with\b)/i

const isBenign = (text: string): boolean => benign.test(text) || (work.test(text) && !endedBadly.test(text))

/** `src/errors/fail.test.ts`, `--fail-on-error`, `my_error_kind`: names, not news. */
const names = /[\w@.-]*[/\\][^\s'"`()]+|--?[a-z][\w-]*|\b\w+[_-]\w[\w-]*\b|\b[\w-]+\.[a-z]{1,5}\b/gi

const summary =
  /\b\d+ (?:tests?|specs?|suites?|examples?|assertions?|problems?|errors?|failures?|failed|passed|passing|failing|skipped|warnings?|files?)\b.*(?:\b\d+ (?:passed|failed|failures?|errors?|pending|skipped|warnings?|passing|failing|ignored)|\bin \d|\bfailed\b|\bfound\b)|^\s*(?:Tests?(?: Suites| Files)?|Failures|Failed tests?|Total|Summary|Results?|Errors?|Tests run)(?::|\s{2,}).*\d|^\s*(?:Ran|Found|Finished) \d|^\W*\d+ (?:pass(?:ing|ed)|fail(?:ing|ed|ures?)|errors?|pending|skipped)(?: \(.*\))?$|^\s*test result:|={4,} .*\w.* ={4,}|-{4,} .*\w.* -{4,}|_{4,} .*\w.* _{4,}|^(?:failures|failed|Failures|Failed Tests?|short test summary|What went wrong|\* What went wrong|error summary)\b|\bmake(?:\[\d+\])?: \*\*\*|unsuccessful(?:ly)?\b|\brun-?time: |\bsome (?:tests|checks|hooks|files)\b|\bFound \d+ (?:errors?|warnings?|problems?)/i

/** `src/a.ts:12`, `a.cs(12`, but no host with its port. */
const place =
  /\w\.(?!(?:com|org|net|io|dev)\b)[A-Za-z]{1,5}[:(#]L?\d|File "[^"]+", line \d|, line \d|^\s+at .+[:(]\d|^\s*-->\s/

const command =
  /^(?:##\[group\]Run |\$ |> (?!\d)|\+{1,3} \w|Running (?:command|hook|tests?)\b|(?:Run|Running|Executing|Command)[: ]|- (?:hook id|exit code|duration))|Running command/

const warning = /\bwarn(?:ing)?s?\b|##\[warning\]|(?<![\w-])deprecat/i

/** What was tested, and with which versions of what. */
const version =
  /^HEAD is now at |^\W*(?:node(?:\.js)?|npm|yarn|pnpm|bun|deno|python|pip|uv|ruby|bundler|go|rustc|cargo|java|openjdk|gradle|maven|gcc|g\+\+|clang|cmake|php|composer|dotnet|swift|xcode|docker|platform|os|image)(?: version)?[:= ]+\(?["']?v?(?:go)?\d+\.\d+|^\s*(?:Fetching|Using|Resolved|Found|Installed|Acquiring|Set ?up) [\w.@/+ -]{0,60}?[- @]v?\d+\.\d+[\w.+-]*$/i

export const tellsVersion = (line: string): boolean => version.test(line.slice(0, probed))

/** 0: says nothing. 10: says why. */
export interface Weight {
  readonly score: number
  readonly strong: boolean
}

const nothing: Weight = { score: 0, strong: false }

/** It tells of something that went as it should. */
export const isQuiet = (line: string): boolean => isBenign(line.slice(0, probed))

export function weigh(line: string): Weight {
  const text = line.length > probed ? line.slice(0, probed) : line
  if (text.length < 3) return nothing
  const said = trouble(text)
  if (said) return said
  const [pattern, score] = plainly.find(([each]) => each.test(text)) ?? [undefined, 0]
  return { score: pattern !== summary && isBenign(text) ? 0 : score, strong: false }
}

/** What a line without trouble may be worth: the first that fits. */
const plainly: readonly (readonly [RegExp, number])[] = [
  [summary, 6],
  [place, 2],
  [command, 2.4],
  [warning, 2],
]

function trouble(text: string): Weight | undefined {
  const marked = roots.test(text) && strong.test(text)
  if ((!marked && !named.test(text) && !weak.test(text)) || isBenign(text)) return undefined
  const bare = marked ? text : text.replace(names, ' ')
  if (marked || named.test(bare)) return { score: place.test(text) ? 9 : 8, strong: true }
  if (!weak.test(bare)) return undefined
  return { score: summary.test(text) ? 7 : place.test(text) ? 6 : 4, strong: false }
}

/** What two lines have in common that differ in paths, numbers, names in quotes and hashes only. */
export const templateOf = (line: string): string =>
  line
    .slice(0, 200)
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '"')
    .replace(/[\w@.-]*[/\\][^\s'"`()]+/g, '/')
    .replace(/\b[0-9a-f]{7,64}\b/g, '#')
    .replace(/\d+/g, '0')

/** What a program always writes alike: a word is a word, and what comes later on the line does not matter. */
export const mouldOf = (template: string): string =>
  template
    .slice(0, 4 * mouldCharacters)
    .replace(/[A-Za-z]\w*/g, 'a')
    .slice(0, mouldCharacters)

const mouldCharacters = 24
