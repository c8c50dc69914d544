/** Logs of services (journalctl, docker logs, kubectl logs): the day, the host and the service once. Nothing is lost. */
import type { Filter } from './filter.ts'
import { losslessExample } from './text/lossless-example.ts'
import {
  dayStart,
  isoJournalStart,
  journalStart,
  type StartReader,
  serviceStart,
  underStarts,
} from './text/same-start.ts'
import { isVerb } from './text/verb.ts'

const readers: readonly StartReader[] = [journalStart, isoJournalStart, serviceStart, dayStart]
const looked = 40
const mostOf = 0.7

/** `systemctl status` says how the unit is before what it logged. */
const logOf = (lines: readonly string[]): readonly string[] =>
  /^[●○×*] \S/.test((lines[0] ?? '').slice(0, 10)) ? lines.slice(lines.indexOf('') + 1) : lines

const readerOf = (lines: readonly string[]): StartReader | undefined => {
  const some = logOf(lines).slice(0, looked)
  return readers.find(({ read }) => some.filter((line) => read(line)).length >= some.length * mostOf)
}

export const logs: Filter = {
  id: 'logs',
  leavesLog: true,
  suggests: (command) =>
    ['journalctl', 'dmesg', 'tail', 'pm2', 'stern'].includes(command.program) ||
    isVerb(command, 'docker', ['logs', 'compose logs', 'service logs', 'container logs', 'compose up']) ||
    isVerb(command, 'docker-compose', ['logs', 'up']) ||
    isVerb(command, 'podman', ['logs']) ||
    isVerb(command, 'kubectl', ['logs']) ||
    isVerb(command, 'systemctl', ['status']),
  confirms: (lines) => lines.length > 3 && readerOf(lines) !== undefined,
  shorten: ({ lines }) => {
    const start = readerOf(lines)
    const told = start && underStarts(lines, start)
    return told && { lines: told, tier: 0 }
  },
  examples: [
    losslessExample({
      name: 'a journal',
      commandLine: 'journalctl -u shop --no-pager',
      output: `Mar 02 23:59:58 node-a systemd[1]: Started shop.service.
Mar 02 23:59:59 node-a shop[812]: listening on 8080
Mar 03 00:00:07 node-a shop[812]: ERROR no route to db
Mar 03 00:00:07 node-a systemd[1]: shop.service: Main process exited, code=exited, status=1/FAILURE
-- Boot 0f1e2d3c --
Mar 03 00:01:30 node-a systemd[1]: Started shop.service.`,
      becomes: `Mar 02 node-a
23:59:58 systemd[1]: Started shop.service.
23:59:59 shop[812]: listening on 8080
Mar 03 node-a
00:00:07 shop[812]: ERROR no route to db
00:00:07 systemd[1]: shop.service: Main process exited, code=exited, status=1/FAILURE
-- Boot 0f1e2d3c --
00:01:30 systemd[1]: Started shop.service.`,
    }),
    losslessExample({
      name: 'a journal with whole dates',
      commandLine: 'journalctl -u shop -o short-iso --no-pager',
      output: `2026-03-02T23:59:58+0000 node-a systemd[1]: Started shop.service.
2026-03-02T23:59:59+0000 node-a shop[812]: listening on 8080
2026-03-03T00:00:07+0000 node-a shop[812]: ERROR no route to db
2026-03-03T00:00:07+0000 node-a kernel: Out of memory: Killed process 812 (node)`,
      becomes: `2026-03-02 +0000 node-a
23:59:58 systemd[1]: Started shop.service.
23:59:59 shop[812]: listening on 8080
2026-03-03 +0000 node-a
00:00:07 shop[812]: ERROR no route to db
00:00:07 kernel: Out of memory: Killed process 812 (node)`,
    }),
    losslessExample({
      name: 'how a service is, and what it logged last',
      commandLine: 'systemctl status shop',
      output: `● shop.service - Shop API
     Loaded: loaded (/etc/systemd/system/shop.service; enabled; preset: enabled)
     Active: failed (Result: exit-code) since Tue 2026-03-03 10:12:07 UTC; 2min 13s ago
    Process: 812 ExecStart=/usr/bin/node /srv/shop/main.js (code=exited, status=1/FAILURE)

Mar 03 10:12:06 node-a shop[812]: listening on 8080
Mar 03 10:12:07 node-a shop[812]: ERROR connect ECONNREFUSED 10.0.0.12:5432
Mar 03 10:12:07 node-a systemd[1]: shop.service: Main process exited, code=exited, status=1/FAILURE`,
      becomes: `● shop.service - Shop API
     Loaded: loaded (/etc/systemd/system/shop.service; enabled; preset: enabled)
     Active: failed (Result: exit-code) since Tue 2026-03-03 10:12:07 UTC; 2min 13s ago
    Process: 812 ExecStart=/usr/bin/node /srv/shop/main.js (code=exited, status=1/FAILURE)

Mar 03 node-a
10:12:06 shop[812]: listening on 8080
10:12:07 shop[812]: ERROR connect ECONNREFUSED 10.0.0.12:5432
10:12:07 systemd[1]: shop.service: Main process exited, code=exited, status=1/FAILURE`,
    }),
    losslessExample({
      name: 'services side by side',
      commandLine: 'docker compose logs --no-color',
      output: `web-1       | listening on 80
web-1       | GET / 200
postgres-1  | database system is ready
postgres-1  | FATAL:  role "shop" does not exist
web-1       | GET /cart 500`,
      becomes: `web-1
| listening on 80
| GET / 200
postgres-1
| database system is ready
| FATAL:  role "shop" does not exist
web-1
| GET /cart 500`,
    }),
    losslessExample({
      name: 'lines with their time',
      commandLine: 'kubectl logs --timestamps deploy/api',
      output: `2026-03-03T10:12:00.123456789Z listening on 9000
2026-03-03T10:12:01.000000001Z GET /health 200
2026-03-03T10:12:02.500000000Z panic: no route to db
goroutine 1 [running]:`,
      becomes: `2026-03-03
T10:12:00.123456789Z listening on 9000
T10:12:01.000000001Z GET /health 200
T10:12:02.500000000Z panic: no route to db
goroutine 1 [running]:`,
    }),
  ],
}
