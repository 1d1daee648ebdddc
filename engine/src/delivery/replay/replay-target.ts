import type { DeliveryOptions, DeliveryRoute } from '../../bus/index.ts'
import { checkDeliveryOptions, createRoute, DeliverySubscription } from '../../bus/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { Alarm } from '../../transport/index.ts'
import type { ReplayQuery } from './replay-query.ts'
import { everyTenant } from './replay-query.ts'

/** Who gets the events: a subscription of this process, or the options of one that runs elsewhere or not at all. */
export type ReplayTarget = DeliverySubscription | DeliveryOptions

export const routeOf = (target: ReplayTarget, alarm: Alarm): DeliveryRoute =>
  target instanceof DeliverySubscription ? target.route : createRoute(checkDeliveryOptions(target), alarm)

/**
 * The query within what the subscription may see.
 * @throws KeelsonError `tenant_mismatch` where the subscription is bound to another tenant than the query.
 */
export function withinTenant(query: ReplayQuery, { settings }: DeliveryRoute): ReplayQuery {
  const own = settings.options.tenantId
  if (own === undefined || own === query.tenantId) return query
  if (query.tenantId === everyTenant) return { ...query, tenantId: own }
  throw new KeelsonError('tenant_mismatch', `The subscription is of tenant "${own}", not "${query.tenantId}"`)
}
