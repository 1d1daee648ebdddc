import type { Delivery } from '../../transport/index.ts'
import type { Deliverable, Priority } from '../flow/index.ts'
import { priorities } from '../flow/index.ts'
import type { DeliverySettings } from './delivery-options.ts'

/** A delivery in the lanes; after a try that failed it is replaced by the one that knows of it. */
export interface Job extends Deliverable {
  delivery: Delivery
}

export const createJob = (delivery: Delivery, settings: DeliverySettings): Job => ({
  delivery,
  tenantId: delivery.tenantId,
  orderingKey: delivery.orderingKey,
  priority: priorityOf(delivery, settings),
})

/** A priority that cannot be had is normal: what is wrong with the event shows where it is handled. */
function priorityOf(delivery: Delivery, { options }: DeliverySettings): Priority {
  const { priority = 'normal' } = options
  if (typeof priority !== 'function') return priority
  try {
    const found = priority(delivery.event)
    return priorities.includes(found) ? found : 'normal'
  } catch {
    return 'normal'
  }
}
