/** Logs of services (journalctl, docker logs, kubectl logs): the day, the host and the service once. Nothing is lost. */
import type { Filter } from './filter.ts'
import { losslessExample } from './text/lossless-example.ts'
import { dayStart, journalStart, type StartReader, serviceStart, underStarts } from './text/same-start.ts'
import { isVerb } from './text/verb.ts'

const readers: readonly StartReader[] = [journalStart, serviceStart, dayStart]
const looked = 40
const mostOf = 0.7

const readerOf = (lines: readonly string[]): StartReader | undefined => {
  const some = lines.slice(0, looked)
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
