/** Tables of docker, kubectl, systemctl, pip and their like: every row; no padding, no column that nobody asks for. */
import type { Command, Filter, Reading, Shortened } from './filter.ts'
import { readTable, saidTable, without } from './text/columns.ts'
import { losslessExample } from './text/lossless-example.ts'
import { isVerb, operandsOf } from './text/verb.ts'

const capitals = /^[A-Z%(][A-Z0-9%/()#_-]*$/
const fewestColumns = 2

/** A header: words in capitals, and the one of pip. */
function isHeader(line: string): boolean {
  if (line.length > 400) return false
  const words = line.trim().split(/\s+/)
  return (
    words.length >= fewestColumns &&
    (words.every((word) => capitals.test(word)) || /^Package {2,}Version|^\|\|\/ Name +Version/.test(line))
  )
}

/** Columns that say nothing to somebody who looks at what runs. */
const spare: readonly (readonly [program: string, verbs: readonly string[], columns: readonly string[]])[] = [
  ['docker', ['ps', 'container ls', 'container list'], ['COMMAND', 'CREATED']],
  ['docker', ['images', 'image ls'], ['CREATED']],
  ['podman', ['ps', 'images'], ['COMMAND', 'CREATED']],
]

const programs = new Set(
  'dpkg docker podman nerdctl kubectl oc k helm systemctl pip pip3 ps df lsof ss apt crictl pm2 aws gcloud az flyctl heroku'.split(
    ' ',
  ),
)

/** Their columns may stand one blank apart; only the last one has blanks inside. */
const wordTables = new Set(['ps', 'systemctl', 'lsof', 'pip', 'pip3', 'dpkg'])

function spareColumns(command: Command): readonly string[] {
  return spare.find(([program, verbs]) => isVerb(command, program, verbs))?.[2] ?? []
}

/** The lines of the table: from its header to the first blank line. */
function placeOf(lines: readonly string[]): readonly [start: number, end: number] | undefined {
  const start = lines.slice(0, 6).findIndex(isHeader)
  if (start < 0) return undefined
  const blank = lines.indexOf('', start)
  return [start, blank < 0 ? lines.length : blank]
}

/** `-------` under the header of pip. */
const isRule = (line: string): boolean => /^[-=+ ]+$/.test(line.slice(0, 300))

function shorten({ lines, command, tier, hidden }: Reading): Shortened | undefined {
  const place = placeOf(lines)
  if (!place) return undefined
  const [start, end] = place
  const words = command !== undefined && wordTables.has(command.program)
  const table = readTable(
    lines.slice(start, end).filter((line) => !isRule(line)),
    words,
  )
  if (!table) return undefined
  const dropped = tier < 1 || command === undefined ? [] : spareColumns(command)
  const isLess = dropped.some((name) => table.names.includes(name))
  const told = saidTable(isLess ? without(table, dropped) : table)
  const note = isLess ? [hidden(table.rows.length, `${dropped.join(' and ')} of each row`)] : []
  return { lines: [...lines.slice(0, start), ...told, ...lines.slice(end), ...note], tier: isLess ? 1 : 0 }
}

export const tables: Filter = {
  id: 'tables',
  suggests: (command) =>
    programs.has(command.program) &&
    !operandsOf(command).some((word) => /^(?:logs|build|describe|exec|run|inspect)$/.test(word)),
  confirms: (lines) => lines.length > 3 && placeOf(lines) !== undefined,
  shorten,
  examples: [
    {
      name: 'containers',
      commandLine: 'docker ps',
      output: `CONTAINER ID   IMAGE                  COMMAND                  CREATED        STATUS                  PORTS                    NAMES
3f2a1b0c9d8e   shop/web:14            "docker-entrypoint.s…"   2 hours ago    Up 2 hours              0.0.0.0:8080->80/tcp     web
a1b2c3d4e5f6   shop/api:14            "node dist/main.js --…"  2 hours ago    Up 2 hours (healthy)    0.0.0.0:9000->9000/tcp   api
0f1e2d3c4b5a   postgres:16            "docker-entrypoint.s…"   3 weeks ago    Exited (1) 2 hours ago                           db`,
      becomes: `CONTAINER ID  IMAGE  STATUS  PORTS  NAMES
3f2a1b0c9d8e  shop/web:14  Up 2 hours  0.0.0.0:8080->80/tcp  web
a1b2c3d4e5f6  shop/api:14  Up 2 hours (healthy)  0.0.0.0:9000->9000/tcp  api
0f1e2d3c4b5a  postgres:16  Exited (1) 2 hours ago  ""  db
[+3 lines hidden: COMMAND and CREATED of each row — clutch show r7f3a2]`,
      losslessly: `CONTAINER ID  IMAGE  COMMAND  CREATED  STATUS  PORTS  NAMES
3f2a1b0c9d8e  shop/web:14  "docker-entrypoint.s…"  2 hours ago  Up 2 hours  0.0.0.0:8080->80/tcp  web
a1b2c3d4e5f6  shop/api:14  "node dist/main.js --…"  2 hours ago  Up 2 hours (healthy)  0.0.0.0:9000->9000/tcp  api
0f1e2d3c4b5a  postgres:16  "docker-entrypoint.s…"  3 weeks ago  Exited (1) 2 hours ago  ""  db`,
    },
    losslessExample({
      name: 'pods, with columns that say the same in every row',
      commandLine: 'kubectl -n shop get pods -o wide',
      output: `NAME                   READY   STATUS             RESTARTS      AGE   IP           NODE     NOMINATED NODE   READINESS GATES
api-5f6d7c8b9-abcde    1/1     Running            0             2d    10.1.0.12    node-a   <none>           <none>
api-5f6d7c8b9-fghij    0/1     CrashLoopBackOff   7 (2m ago)    2d    10.1.0.13    node-b   <none>           <none>
web-7c8b9d0e1-klmno    1/1     Running            0             5d    10.1.0.14    node-a   <none>           <none>`,
      becomes: `every row: NOMINATED NODE <none>, READINESS GATES <none>
NAME  READY  STATUS  RESTARTS  AGE  IP  NODE
api-5f6d7c8b9-abcde  1/1  Running  0  2d  10.1.0.12  node-a
api-5f6d7c8b9-fghij  0/1  CrashLoopBackOff  7 (2m ago)  2d  10.1.0.13  node-b
web-7c8b9d0e1-klmno  1/1  Running  0  5d  10.1.0.14  node-a`,
    }),
    losslessExample({
      name: 'Python packages',
      commandLine: 'pip list',
      output: `Package            Version
------------------ ---------
blinker            1.9.0
charset-normalizer 3.5.2
Flask              3.1.3`,
      becomes: `Package Version
blinker 1.9.0
charset-normalizer 3.5.2
Flask 3.1.3`,
    }),
  ],
}
