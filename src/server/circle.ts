/** A call that comes back to the process that sent it: known by the names that gateways leave in a header. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Failure } from '../conversation/failure.ts'

/** Other gateways may stand between us and ourselves: each adds its name. */
export const hasPassed = (headers: IncomingHttpHeaders, hop: string | undefined): boolean =>
  hop !== undefined &&
  String(headers['x-clutch-hop'] ?? '')
    .split(/\s*,\s*/)
    .includes(hop)

export const circle: Failure = {
  kind: 'circle',
  message:
    'This request was sent by this gateway itself: the base URL of a provider leads back here. See: clutch config show',
}
