import { isJsonObject, KeelsonError, platformTenant } from '../../../core/index.ts'
import type { Document, EventStore, Scope } from '../../../store/index.ts'
import type { ReceiverSpec } from '../../port-types.ts'
import { startPosition } from '../../receiver/start-position.ts'
import { partitionName } from '../../record/collections.ts'

/** Documents of the tenant `platform`: since when a partition has its events from the broker. */
export const startCollection = 'service-bus-start'

export interface StartRecord {
  /** Where the subscription begins: what stands before it is nothing to it. */
  readonly from: number
  /** What stands up to here was there before the broker's subscription, and comes from the log. */
  readonly live: number
  readonly isCaughtUp: boolean
}

/** As it is kept: where the subscription begins is only known when it first runs. */
interface KeptStart extends Pick<StartRecord, 'live'> {
  readonly from: number | undefined
  readonly isCaughtUp: boolean
}

/**
 * To be called when the broker's subscription has just been made: what is recorded from now on reaches the broker later
 * still, and so the subscription.
 */
export async function announceStart(
  store: EventStore,
  subscription: string,
  scope: Scope,
  partition: number,
): Promise<void> {
  const id = partitionName(subscription, partition)
  const start = { live: await store.head(scope), from: undefined, isCaughtUp: false }
  await write(store, id, start, 0)
}

/** Where a partition begins, fixed when it first runs; its subscription is there on the broker. */
export async function beginAt(
  store: EventStore,
  spec: ReceiverSpec,
  scope: Scope,
  partition: number,
): Promise<StartRecord> {
  const id = partitionName(spec.subscription, partition)
  for (;;) {
    const found = await store.document(platformTenant, startCollection, id)
    if (found === undefined) {
      await announceStart(store, spec.subscription, scope, partition)
      continue
    }
    const { live, from, isCaughtUp } = read(found)
    if (from !== undefined) return { live, from, isCaughtUp }
    const first = await startPosition(store, scope, spec.start)
    await write(store, id, { live, from: first, isCaughtUp: first >= live }, found.revision)
  }
}

/** Everything of before has been seen to; who comes later takes all from the broker. */
export async function markCaughtUp(
  store: EventStore,
  spec: ReceiverSpec,
  partition: number,
  start: StartRecord,
): Promise<void> {
  await write(store, partitionName(spec.subscription, partition), { ...start, isCaughtUp: true })
}

async function write(store: EventStore, id: string, start: KeptStart, expected?: number): Promise<void> {
  const { live, from, isCaughtUp } = start
  const value = { live, isCaughtUp, ...(from === undefined ? {} : { from }) }
  const change = { tenantId: platformTenant, collection: startCollection, id, value }
  try {
    await store.commit({
      scope: { tenantId: platformTenant },
      documents: [expected === undefined ? change : { ...change, expected }],
    })
  } catch (error) {
    // Another process has written it at the same time: what it has written counts.
    if (!(error instanceof KeelsonError && error.code === 'document_conflict')) throw error
  }
}

function read({ value }: Document): KeptStart {
  const { from, live, isCaughtUp } = isJsonObject(value) ? value : {}
  return {
    from: typeof from === 'number' ? from : undefined,
    live: typeof live === 'number' ? live : 0,
    isCaughtUp: isCaughtUp === true,
  }
}
