/** Where a planned launch meets the gateway. */
import type { LaunchSettings } from '../config/launch.ts'
import type { GatewayPlace } from '../launch/gateway-contact.ts'
import type { Plan } from '../launch/plan.ts'

export function placeOf({ gateway }: Plan, { baseUrl, clientKey }: LaunchSettings): GatewayPlace | undefined {
  return (
    gateway && {
      baseUrl,
      ...(gateway.profile !== undefined && { profile: gateway.profile }),
      ...(clientKey !== undefined && { key: clientKey }),
    }
  )
}
