/**
 * Docker, Kubernetes, Terraform and systemd: no such service runs where these tests do, so the outputs are our own words in the
 * shape that each tool documents, of a size that is met. What each holds is read from it without any filter.
 */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { shorten } from '../../src/compression/shorten.ts'
import { filters } from '../../src/filters/index.ts'
import { fromAddresses } from './columns-back.ts'
import { errorLines, type Fact, lostFacts, originalId } from './needles.ts'

/** The same digits for the same number, always. */
const digits = (seed: number, length: number): string =>
  Array.from({ length }, (_, at) => ((seed * 7919 + at * at * 31 + at * 17) % 16).toString(16)).join('')

const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)) + 3)
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('')
        .trimEnd(),
    )
    .join('\n')
}
const pick = <T>(from: readonly T[], at: number): T => from[at % from.length]!

const pods = [
  'NAMESPACE,NAME,READY,STATUS,RESTARTS,AGE,IP,NODE,NOMINATED NODE,READINESS GATES'.split(','),
  ...Array.from({ length: 60 }, (_, at) => [
    pick(['shop', 'kube-system', 'monitoring'], at),
    `${pick(['api', 'web', 'worker', 'coredns'], at * 3)}-${digits(at, 9)}-${digits(at + 99, 5)}`,
    at % 9 === 4 ? '0/1' : '1/1',
    at % 9 === 4 ? pick(['CrashLoopBackOff', 'ImagePullBackOff', 'Pending'], at) : 'Running',
    at % 9 === 4 ? `${at} (${at % 59}m ago)` : '0',
    `${at}d`,
    `10.244.${at % 4}.${at + 2}`,
    pick(['ip-10-0-1-12.eu-central-1.compute.internal', 'ip-10-0-2-77.eu-central-1.compute.internal'], at),
    '<none>',
    '<none>',
  ]),
]

const containers = [
  'CONTAINER ID,IMAGE,COMMAND,CREATED,STATUS,PORTS,NAMES'.split(','),
  ...Array.from({ length: 30 }, (_, at) => [
    digits(at, 12),
    pick(['shop/web:14', 'shop/api:14', 'postgres:16-alpine'], at),
    pick(['"docker-entrypoint.s…"', '"node dist/main.js"'], at),
    pick(['2 hours ago', '3 weeks ago', 'About a minute ago'], at),
    pick(
      ['Up 2 hours', 'Up 3 weeks (healthy)', 'Restarting (1) 12 seconds ago', 'Exited (137) 2 hours ago'],
      at,
    ),
    pick(['0.0.0.0:8080->80/tcp, [::]:8080->80/tcp', '5432/tcp', ''], at),
    `shop-${pick(['web', 'api', 'db'], at)}-${at}`,
  ]),
]

const layers = Array.from(
  { length: 25 },
  (_, at) => `#4 sha256:${digits(at, 64)} ${at}.10MB / 42.13MB 1.${at}s`,
)
const build = `#0 building with "default" instance using docker driver

#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 812B done
#1 DONE 0.0s

#4 [build 1/6] FROM docker.io/library/node:20-alpine@sha256:${digits(7, 64)}
${layers.join('\n')}
#4 extracting sha256:${digits(8, 64)} 1.3s done
#4 DONE 4.2s

#6 [build 2/6] WORKDIR /app
#6 CACHED

#10 [build 6/6] RUN npm run build
#10 0.512 > shop@1.0.0 build
#10 0.512 > tsc -p .
${Array.from({ length: 12 }, (_, at) => `#10 5.${100 + at} src/cart/line-${at}.ts(${at},5): error TS2345: Argument of type 'string' is not assignable.`).join('\n')}
#10 ERROR: process "/bin/sh -c npm run build" did not complete successfully: exit code: 2
------
 > [build 6/6] RUN npm run build:
5.101 src/cart/line-1.ts(1,5): error TS2345: Argument of type 'string' is not assignable.
------
Dockerfile:14
--------------------
  12 |     RUN npm ci
  14 | >>> RUN npm run build
--------------------
ERROR: failed to solve: process "/bin/sh -c npm run build" did not complete successfully: exit code: 2`

const instance = (at: number): string => `  # aws_instance.web[${at}] will be created
  + resource "aws_instance" "web" {
      + ami                                  = "ami-${digits(at, 17)}"
      + arn                                  = (known after apply)
      + availability_zone                    = (known after apply)
      + disable_api_stop                     = (known after apply)
      + ebs_optimized                        = (known after apply)
      + get_password_data                    = false
      + host_id                              = (known after apply)
      + id                                   = (known after apply)
      + instance_initiated_shutdown_behavior = (known after apply)
      + instance_type                        = "t3.small"
      + subnet_id                            = "subnet-${digits(at + 50, 17)}"
      + tags                                 = {
          + "Name" = "web-${at}"
        }
      + user_data                            = <<-EOT
            port     = 80
        EOT
    }
`
const plan = `${Array.from({ length: 30 }, (_, at) => `module.vpc.aws_subnet.private[${at}]: Refreshing state... [id=subnet-${digits(at, 17)}]`).join('\n')}

Terraform will perform the following actions:

${Array.from({ length: 6 }, (_, at) => instance(at)).join('\n')}
  # aws_db_instance.main must be replaced
-/+ resource "aws_db_instance" "main" {
      ~ address                = "main.abc.example.org" -> (known after apply)
      ~ engine_version         = "15.4" -> "16.1"
      ~ identifier             = "main" -> "main-16" # forces replacement
        # (54 unchanged attributes hidden)
    }

Plan: 7 to add, 0 to change, 1 to destroy.

Warning: Argument is deprecated

  with aws_db_instance.main,
  on main.tf line 14, in resource "aws_db_instance" "main":`

const journal = Array.from(
  { length: 200 },
  (_, at) =>
    `2026-03-03T10:${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}+0000 node-a ${pick(['shop[812]', 'nginx[91]', 'systemd[1]'], at)}: ${pick(['GET /health 200 in', 'ERROR upstream timed out after', 'Started session'], at)} ${at}`,
)

const runs = Array.from({ length: 30 }, (_, at) => [
  'completed',
  at % 7 === 3 ? 'failure' : 'success',
  `Fix the basket, part ${at}`,
  'CI',
  `fix/basket-${at}`,
  'pull_request',
  String(9_876_543_210 + at * 17),
  `${at % 5}m${at}s`,
  `2026-03-03T10:${at + 10}:00Z`,
])

/** Rows of which no line has all the cells; columns that say the same everywhere, or nothing, are told once. */
const lostRows =
  (rows: readonly (readonly string[])[], wanted: readonly number[]) =>
  (told: string): readonly unknown[] => {
    const lines = told.split('\n')
    const cells = rows.slice(1).map((row) => wanted.flatMap((at) => row[at] || []))
    return cells.filter((some) => !lines.some((line) => some.every((cell) => line.includes(cell))))
  }

const lostOf =
  (facts: readonly Fact[]) =>
  (told: string): readonly unknown[] =>
    lostFacts(facts, told)

/** A set value, with its resource above it. */
const settings = (lines: readonly string[]): readonly Fact[] =>
  lines.flatMap((line): Fact[] => {
    const found = /^ +[+~-] ("?[\w-]+"?) += ("[^"]*"(?: -> .*)?|false)$/.exec(line)
    return found ? [[`${found[1]} = ${found[2]}`]] : []
  })
const unknowns = (lines: readonly string[]): readonly Fact[] =>
  lines.flatMap((line): Fact[] => {
    const name = /^ +\+ (\w+) += \(known after apply\)$/.exec(line)?.[1]
    return name === undefined ? [] : [[name]]
  })

interface Case {
  readonly commandLine: string
  readonly text: string
  readonly failed?: boolean
  /** Percent of tokens, at least, at `balanced`. */
  readonly least: number
  readonly lost: (told: string) => readonly unknown[]
}

const cases: readonly Case[] = [
  {
    commandLine: 'kubectl get pods -A -o wide',
    text: columns(pods),
    least: 10,
    lost: lostRows(pods, [0, 1, 2, 3, 4, 5, 6, 7]),
  },
  {
    commandLine: 'docker ps -a',
    text: columns(containers),
    least: 20,
    lost: lostRows(containers, [0, 1, 4, 5, 6]),
  },
  {
    commandLine: 'gh run list --limit 30',
    text: runs.map((row) => row.join('\t')).join('\n'),
    least: 35,
    lost: (told) => {
      const back = new Set(fromAddresses(told.split('\n')))
      return runs.filter((row) => !back.has(row.join('\t')))
    },
  },
  {
    commandLine: 'docker compose build --progress=plain',
    text: build,
    failed: true,
    least: 60,
    lost: lostOf([
      ...errorLines(build.replaceAll(/^#10 [\d.]+ /gm, '')),
      ...['[build 1/6]', '[build 2/6]', '[build 6/6]', 'CACHED', '14 | >>> RUN npm run build'].map(
        (each): Fact => [each],
      ),
    ]),
  },
  {
    commandLine: 'terraform plan',
    text: plan,
    least: 40,
    lost: lostOf([
      ...settings(plan.split('\n')),
      ...unknowns(plan.split('\n')),
      ...plan
        .split('\n')
        .filter((line) => /^ {2}# |^Plan:|^Warning|main\.tf|^ {12}port|unchanged/.test(line))
        .map((line): Fact => [line]),
    ]),
  },
  {
    commandLine: 'journalctl -u shop -o short-iso --no-pager',
    text: journal.join('\n'),
    least: 35,
    lost: lostOf(journal.map((line): Fact => [line.slice(11, 19) + line.slice(31), 'node-a'])),
  },
]

describe('what services and their tools print', () => {
  it.each(cases)(
    '$commandLine: at least $least % less, every fact kept',
    ({ commandLine, text, failed = false, least, lost }) => {
      const outcome = shorten(
        { tool: 'Bash', commandLine, failed, text },
        { level: 'balanced', originalId, filters },
      )
      const told = outcome.kind === 'shortened' ? outcome.text : text
      expect(lost('').length).toBeGreaterThan(10)
      expect(lost(told)).toEqual([])
      expect(100 * (1 - countTokens(told) / countTokens(text))).toBeGreaterThanOrEqual(least)
    },
  )
})
