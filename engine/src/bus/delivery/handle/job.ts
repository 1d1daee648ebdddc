import type { Delivery } from '../../../transport/index.ts'
import type { Deliverable, Priority } from '../../flow/index.ts'
import { priorities } from '../../flow/index.ts'
import type { DeliverySettings } from '../delivery-options.ts'

/** A delivery in the lanes; after a try that failed it is replaced by the one that knows of it. */
export interface Job extends Deliverable {
  delivery: Delivery
  /** What went wrong when the subscription was asked whether it wants the event: it is tried as one that failed. */
  readonly fault?: { readonly error: unknown }
}

/** Undefined where the subscription does not want the event. */
export function acceptJob(delivery: Delivery, settings: DeliverySettings): Job | undefined {
  const { accepts } = settings
  if (accepts === undefined) return createJob(delivery, settings)
  try {
    return accepts(delivery.event) ? createJob(delivery, settings) : undefined
  } catch (error) {
    return { ...createJob(delivery, settings), fault: { error } }
  }
}

const createJob = (delivery: Delivery, settings: DeliverySettings): Job => ({
  delivery,
  tenantId: delivery.tenantId,
  orderingKey: delivery.orderingKey,
  priority: priorityOf(delivery, settings),
})

/** A priority that cannot be had is normal: what is wrong with the event shows where it is handled. */
function priorityOf(delivery: Delivery, { options: { priority } }: DeliverySettings): Priority {
  if (typeof priority === 'string') return priority
  try {
    const { event } = delivery
    const found = priority === undefined ? event.metadata?.['priority'] : priority(event)
    return priorities.find(one => one === found) ?? 'normal'
  } catch {
    return 'normal'
  }
}
