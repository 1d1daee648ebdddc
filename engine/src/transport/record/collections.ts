import { createHash } from 'node:crypto'
import { KeelsonError } from '../../core/index.ts'

const longestName = 128

/** @throws KeelsonError `delivery_options_invalid` where this cannot be the name of a subscription. */
export function checkSubscriptionName(name: string): void {
  const isFit =
    typeof name === 'string' && name !== '' && name.length <= longestName && /^[\w.:/@ -]+$/.test(name)
  if (isFit) return
  const message = `A subscription is named by 1 to ${longestName} letters, digits and characters of "_.:/@ -"`
  throw new KeelsonError('delivery_options_invalid', message, { faults: [{ pointer: '/name', message }] })
}

/** What waits for a retry: documents that are due then. */
export const waitingCollection = (subscription: string, partition: number): string =>
  `delivery-waiting/${subscription}#${partition}`

/** What is to be delivered later: documents that are due then. */
export const scheduledCollection = (subscription: string, partition: number): string =>
  `delivery-scheduled/${subscription}#${partition}`

export const deadLetterCollection = (subscription: string): string => `dead-letter/${subscription}`

export const parkedCollection = (subscription: string, partition: number): string =>
  `delivery-parked/${subscription}#${partition}`

/** Who owns which partition, and how far it has come; documents of the tenant `platform`. */
export const ownerCollection = 'delivery-owner'

/** The checkpoint and the owner of a partition; apart from those of projections, which have names of their own. */
export const partitionName = (subscription: string, partition: number): string =>
  `delivery/${subscription}#${partition}`

/** What `partitionName` was made of; undefined where it is none. */
export function readPartitionName(
  name: string,
): { readonly subscription: string; readonly partition: number } | undefined {
  const parts = /^delivery\/(.+)#(\d+)$/s.exec(name)
  return parts?.[1] === undefined ? undefined : { subscription: parts[1], partition: Number(parts[2]) }
}

/** Where an event stands; of several partitions each has positions of its own. */
export interface LogPlace {
  readonly partition: number
  readonly position: number
}

const digits = 16

/** Documents are sorted by it as by the position. */
export const troubleId = ({ position, partition }: LogPlace): string =>
  `${String(position).padStart(digits, '0')}#${partition}`

export const placeOf = (id: string): LogPlace => ({
  position: Number(id.slice(0, digits)),
  partition: Number(id.slice(digits + 1)),
})

/** One for each key of each tenant. */
export const parkedId = (tenantId: string, orderingKey: string): string =>
  createHash('sha256').update(`${tenantId}\0${orderingKey}`).digest('base64url')
