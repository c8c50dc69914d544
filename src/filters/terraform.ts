/** terraform and tofu: what will change and what did; values nobody knows yet in one line, waiting left out. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { harmlessFrom, leaveOut } from './text/noise.ts'

const noiseOf = harmlessFrom([
  ['refreshing state', /^\S{1,300}: (?:Refreshing state|Reading|Read complete|Still reading)\b.{0,3}/],
  ['waiting', /^\S{1,300}: Still (?:creating|destroying|modifying)\.\.\. \[/],
  [
    'installing providers',
    /^- (?:Finding|Installing|Using previously-installed|Reusing previous version of) \S+/,
  ],
  [
    'advice',
    /^(?:Note: You didn't use the -out option|exactly these actions if you run "(?:terraform|tofu) apply" now)/,
  ],
])

/** `      + arn = (known after apply)` */
const unknown = /^(\s+[+~] )("?[\w.-]+"?) += \(known after apply\)$/

/** Which lines are of a text that is quoted with `<<-EOT`: they are left as they are. */
function quotedLines(lines: readonly string[]): readonly boolean[] {
  let isQuoted = false
  return lines.map((line) => {
    const wasQuoted = isQuoted
    isQuoted = wasQuoted ? !/^\s*EOT\b/.test(line.slice(0, 200)) : /<<-?EOT$/.test(line.slice(-8))
    return wasQuoted
  })
}

/** `+ arn, id = (known after apply)`: values that follow each other and are not known. */
function unknownTogether(lines: readonly string[]): string[] {
  const quoted = quotedLines(lines)
  const out: string[] = []
  let start = ''
  let names: string[] = []
  const flush = () => {
    if (names.length > 0) out.push(`${start}${names.join(', ')} = (known after apply)`)
    names = []
  }
  for (const [at, line] of lines.entries()) {
    const found = quoted[at] ? null : unknown.exec(line.slice(0, 300))
    if (!found || found[1] !== start) flush()
    if (!found) {
      out.push(line)
      continue
    }
    start = found[1] ?? ''
    names.push(found[2] ?? '')
  }
  flush()
  return out
}

/** `      + name                 = "shop"`: names stand in a column. */
const padded = /^(\s+(?:[-+~]|-\/\+)? ?"?[\w.-]+"?) {2,}= /

/** Without that column. */
function withoutPadding(lines: readonly string[]): string[] {
  const quoted = quotedLines(lines)
  return lines.map((line, at) => {
    const start = line.slice(0, 300)
    return quoted[at] ? line : start.replace(padded, '$1 = ') + line.slice(start.length)
  })
}

function shorten({ lines, tier, hidden, failed }: Reading): Shortened | undefined {
  const told = withoutPadding(unknownTogether(lines))
  if (tier < 1) return { lines: told, tier: 0 }
  const left = leaveOut(told, noiseOf, { hidden, lastStays: failed })
  return { lines: left, tier: left === told ? 0 : 1 }
}

export const terraform: Filter = {
  id: 'terraform',
  suggests: ({ program, args }) =>
    ['terraform', 'tofu', 'terragrunt'].includes(program) &&
    args.some((word) => /^(?:plan|apply|destroy|init|refresh|import|show|test)$/.test(word)),
  confirms: (lines) =>
    lines.some(
      (line) =>
        unknown.test(line.slice(0, 300)) ||
        noiseOf(line) !== undefined ||
        /^Plan: \d|^No changes\./.test(line.slice(0, 40)),
    ),
  shorten,
  examples: [
    {
      name: 'a plan',
      commandLine: 'terraform plan',
      output: `aws_vpc.main: Refreshing state... [id=vpc-0a1b2c3d]
aws_subnet.a: Refreshing state... [id=subnet-0a1b2c3d]
aws_subnet.b: Refreshing state... [id=subnet-1a1b2c3d]

Terraform will perform the following actions:

  # aws_instance.web will be created
  + resource "aws_instance" "web" {
      + ami                          = "ami-0a1b2c3d"
      + arn                          = (known after apply)
      + id                           = (known after apply)
      + instance_state               = (known after apply)
      + instance_type                = "t3.small"
      + user_data                    = <<-EOT
            port    = 80
        EOT
      + private_ip                   = (known after apply) # forces replacement
      + tags                         = {
          + "Name" = "web"
        }
    }

Plan: 1 to add, 0 to change, 0 to destroy.`,
      becomes: `[+3 lines hidden: refreshing state — clutch show r7f3a2]

Terraform will perform the following actions:

  # aws_instance.web will be created
  + resource "aws_instance" "web" {
      + ami = "ami-0a1b2c3d"
      + arn, id, instance_state = (known after apply)
      + instance_type = "t3.small"
      + user_data = <<-EOT
            port    = 80
        EOT
      + private_ip = (known after apply) # forces replacement
      + tags = {
          + "Name" = "web"
        }
    }

Plan: 1 to add, 0 to change, 0 to destroy.`,
      losslessly: `aws_vpc.main: Refreshing state... [id=vpc-0a1b2c3d]
aws_subnet.a: Refreshing state... [id=subnet-0a1b2c3d]
aws_subnet.b: Refreshing state... [id=subnet-1a1b2c3d]

Terraform will perform the following actions:

  # aws_instance.web will be created
  + resource "aws_instance" "web" {
      + ami = "ami-0a1b2c3d"
      + arn, id, instance_state = (known after apply)
      + instance_type = "t3.small"
      + user_data = <<-EOT
            port    = 80
        EOT
      + private_ip = (known after apply) # forces replacement
      + tags = {
          + "Name" = "web"
        }
    }

Plan: 1 to add, 0 to change, 0 to destroy.`,
    },
    {
      name: 'an apply that failed while waiting',
      commandLine: 'terraform apply -auto-approve',
      failed: true,
      output: `aws_db_instance.main: Creating...
aws_db_instance.main: Still creating... [10s elapsed]
aws_db_instance.main: Still creating... [20s elapsed]
aws_db_instance.main: Still creating... [30s elapsed]
╷
│ Error: creating RDS DB Instance: no subnet group
│
│   with aws_db_instance.main,
│   on main.tf line 14, in resource "aws_db_instance" "main":
╵`,
      becomes: `aws_db_instance.main: Creating...
[+2 lines hidden: waiting — clutch show r7f3a2]
aws_db_instance.main: Still creating... [30s elapsed]
╷
│ Error: creating RDS DB Instance: no subnet group
│
│   with aws_db_instance.main,
│   on main.tf line 14, in resource "aws_db_instance" "main":
╵`,
    },
  ],
}
