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

/** Columns that say nothing to somebody who looks at what runs. No verbs: whatever the program was told. */
const spare: readonly (readonly [program: string, verbs: readonly string[], columns: readonly string[]])[] = [
  ['docker', ['ps', 'container ls', 'container list'], ['COMMAND', 'CREATED']],
  ['docker', ['images', 'image ls'], ['CREATED']],
  ['podman', ['ps', 'images'], ['COMMAND', 'CREATED']],
  ['ps', [], ['VSZ', 'TTY', 'START']],
]

const programs = new Set(
  'dpkg docker podman nerdctl kubectl oc k helm systemctl pip pip3 ps df lsof ss apt crictl pm2 aws gcloud az flyctl heroku'.split(
    ' ',
  ),
)

/** Their columns may stand one blank apart; only the last one has blanks inside. */
const wordTables = new Set(['ps', 'systemctl', 'lsof', 'pip', 'pip3', 'dpkg'])

function spareColumns(command: Command | undefined): readonly string[] {
  if (command === undefined) return []
  const isMeant = (program: string, verbs: readonly string[]) =>
    verbs.length === 0 ? command.program === program : isVerb(command, program, verbs)
  return spare.find(([program, verbs]) => isMeant(program, verbs))?.[2] ?? []
}

/** A table starts within so many lines of a part. */
const looked = 6

/** Parts between blank lines; the blank line belongs to the part above it. */
function partsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]]
  for (const line of lines) {
    parts.at(-1)?.push(line)
    if (line === '') parts.push([])
  }
  return parts
}

/** `-------` under the header of pip. */
const isRule = (line: string): boolean => /^[-=+ ]+$/.test(line.slice(0, 300))

interface Part {
  readonly lines: readonly string[]
  readonly isTable: boolean
  /** How many rows lost a column. */
  readonly gone: number
}

function saidPart(part: readonly string[], words: boolean, dropped: readonly string[]): Part {
  const start = part.slice(0, looked).findIndex(isHeader)
  const end = part.at(-1) === '' ? part.length - 1 : part.length
  const body = start < 0 ? [] : part.slice(start, end).filter((line) => !isRule(line))
  const table = readTable(body, words)
  if (!table) return { lines: part, isTable: false, gone: 0 }
  const isLess = dropped.some((name) => table.names.includes(name))
  const told = saidTable(isLess ? without(table, dropped) : table)
  return {
    lines: [...part.slice(0, start), ...told, ...part.slice(end)],
    isTable: true,
    gone: isLess ? table.rows.length : 0,
  }
}

function shorten({ lines, command, tier, hidden }: Reading): Shortened | undefined {
  const words = command !== undefined && wordTables.has(command.program)
  const dropped = tier < 1 ? [] : spareColumns(command)
  const parts = partsOf(lines).map((part) => saidPart(part, words, dropped))
  if (parts.every(({ isTable }) => !isTable)) return undefined
  const gone = parts.reduce((sum, part) => sum + part.gone, 0)
  const note = gone > 0 ? [hidden(gone, `${dropped.join(', ')} of each row`)] : []
  return { lines: [...parts.flatMap((part) => part.lines), ...note], tier: gone > 0 ? 1 : 0 }
}

export const tables: Filter = {
  id: 'tables',
  suggests: (command) =>
    programs.has(command.program) &&
    !operandsOf(command).some((word) => /^(?:logs|build|describe|exec|run|inspect)$/.test(word)),
  confirms: (lines) => lines.length > 3 && lines.slice(0, looked).some(isHeader),
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
[+3 lines hidden: COMMAND, CREATED of each row — clutch show r7f3a2]`,
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
      name: 'everything there is',
      commandLine: 'kubectl get all',
      output: `NAME                   READY   STATUS    RESTARTS   AGE
pod/api-5f6d7c8b9-a    1/1     Running   0          2d
pod/web-7c8b9d0e1-b    1/1     Running   3          5d

NAME              TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
service/api       ClusterIP   10.2.0.1     <none>        80/TCP    2d
service/web-old   ClusterIP   10.2.0.2     <none>        80/TCP    5d`,
      becomes: `NAME READY STATUS RESTARTS AGE
pod/api-5f6d7c8b9-a 1/1 Running 0 2d
pod/web-7c8b9d0e1-b 1/1 Running 3 5d

NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE
service/api ClusterIP 10.2.0.1 <none> 80/TCP 2d
service/web-old ClusterIP 10.2.0.2 <none> 80/TCP 5d`,
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
