import { isJsonObject, platformTenant } from '../../core/index.ts'
import type { Document, DocumentChange, EventStore } from '../../store/index.ts'
import { ownerCollection, partitionName, readPartitionName } from '../../transport/index.ts'

/** One partition of a subscription that has run, wherever that was. */
export interface PartitionOwner {
  readonly subscription: string
  readonly partition: number
  /** Empty where nobody owns it. */
  readonly owner: string
  /** When the ownership ends unless it is renewed; milliseconds since the epoch. */
  readonly until: number
  /** What the last owner left to the next: the state of its breaker. */
  readonly kept: Readonly<Record<string, unknown>> | undefined
}

const pageSize = 1_000
/** Documents that go in one transaction. */
const step = 400

/** The partitions of every subscription, or of those whose names begin with `prefix`, by name. */
export async function* listOwners(store: EventStore, prefix = ''): AsyncGenerator<PartitionOwner> {
  const first = `delivery/${prefix}`
  for (let after = first; ; ) {
    const page = await store.documents({ tenantId: platformTenant }, ownerCollection, {
      after,
      limit: pageSize,
    })
    for (const document of page) {
      if (!document.id.startsWith(first)) return
      const owner = ownerOf(document)
      if (owner !== undefined) yield owner
    }
    if (page.length < pageSize) return
    after = page.at(-1)?.id ?? after
  }
}

/** Who owns one partition; undefined where it has never run. */
export async function readOwner(
  store: EventStore,
  subscription: string,
  partition: number,
): Promise<PartitionOwner | undefined> {
  const found = await store.document(platformTenant, ownerCollection, partitionName(subscription, partition))
  return found && ownerOf(found)
}

/** Removes what is kept of who owned the subscriptions whose names begin with `prefix`, which run nowhere any more. */
export async function forgetOwners(store: EventStore, prefix: string): Promise<void> {
  for (;;) {
    const found: DocumentChange[] = []
    for await (const { subscription, partition } of listOwners(store, prefix)) {
      const id = partitionName(subscription, partition)
      found.push({ tenantId: platformTenant, collection: ownerCollection, id })
      if (found.length === step) break
    }
    if (found.length > 0) await store.commit({ scope: { tenantId: platformTenant }, documents: found })
    if (found.length < step) return
  }
}

function ownerOf({ id, value }: Document): PartitionOwner | undefined {
  const place = readPartitionName(id)
  if (place === undefined || !isJsonObject(value)) return undefined
  const { owner, until, kept } = value
  return {
    ...place,
    owner: typeof owner === 'string' ? owner : '',
    until: typeof until === 'number' ? until : 0,
    kept: isJsonObject(kept) ? kept : undefined,
  }
}
