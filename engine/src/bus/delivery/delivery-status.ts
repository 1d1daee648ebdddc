import type { ReceiverStatus, ScheduledStatus } from '../../transport/index.ts'
import type { BreakerState } from '../flow/index.ts'
import type { Term } from './term.ts'

export type DeliveryState = 'idle' | 'waiting' | 'running' | 'draining' | 'closed'

export interface PartitionStatus extends ReceiverStatus {
  readonly partition: number
  /** Handlers that run. */
  readonly inFlight: number
  readonly breaker: BreakerState
}

export interface DeliveryStatus {
  readonly name: string
  /** `waiting` where another process owns every partition. */
  readonly state: DeliveryState
  readonly partitions: readonly PartitionStatus[]
  /** Of all partitions together, the seconds those of the worst; `waiting` and `setAside` as `ReceiverStatus` counts. */
  readonly lag: { readonly events: number; readonly seconds: number }
  readonly inFlight: number
  readonly waiting: number
  readonly setAside: number
  /** As `ReceiverStatus` has it, the first of all partitions; undefined where one of them does not know. */
  readonly scheduled: ScheduledStatus | undefined
  /** The worst of the partitions'. */
  readonly breaker: BreakerState
  /** Calls of the handler in this process that went well, and that failed. */
  readonly handled: number
  readonly failed: number
  /** Message of the last failure, until something goes well. */
  readonly error?: string
}

export async function partitionStatus(partition: number, term: Term): Promise<PartitionStatus> {
  const status = await term.receiver.status()
  return { ...status, partition, inFlight: term.inFlight, breaker: term.breaker?.state ?? 'closed' }
}

/** The whole, from its parts. */
export function sumUp(
  partitions: readonly PartitionStatus[],
): Pick<
  DeliveryStatus,
  'partitions' | 'lag' | 'inFlight' | 'waiting' | 'setAside' | 'scheduled' | 'breaker'
> {
  const sum = (count: (one: PartitionStatus) => number) =>
    partitions.reduce((total, one) => total + count(one), 0)
  const states = partitions.map(({ breaker }) => breaker)
  return {
    partitions,
    lag: {
      events: sum(({ lag }) => lag.events),
      seconds: Math.max(0, ...partitions.map(({ lag }) => lag.seconds)),
    },
    inFlight: sum(({ inFlight }) => inFlight),
    waiting: sum(({ waiting }) => waiting),
    setAside: sum(({ setAside }) => setAside),
    scheduled: together(partitions.map(({ scheduled }) => scheduled)),
    breaker: states.find(state => state === 'open') ?? states.find(state => state !== 'closed') ?? 'closed',
  }
}

function together(all: readonly (ScheduledStatus | undefined)[]): ScheduledStatus | undefined {
  const known = all.filter(one => one !== undefined)
  if (known.length < all.length) return undefined
  const times = known.flatMap(({ nextAt }) => (nextAt === undefined ? [] : [nextAt]))
  return {
    waiting: known.reduce((sum, { waiting }) => sum + waiting, 0),
    nextAt: times.length === 0 ? undefined : Math.min(...times),
  }
}
