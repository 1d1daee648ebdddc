import type { StreamLifecycle } from '../lifecycle/stream-lifecycle.ts'
import { lifecycleCollection, streamDigest } from '../lifecycle/stream-lifecycle.ts'
import type { EventRow, TenantRow } from '../transfer/rows.ts'
import { parseLeaf } from './event-check.ts'
import type { Findings } from './fault.ts'
import type { StoreInspection } from './inspection.ts'

/** Types of the events that tell of a stream's end; their payload names it. */
const closings: ReadonlySet<string> = new Set(['EventStreamSealed', 'EventStreamTombstoned'])

/** Holds streams to the events that closed them: closed they stay, and nothing was stored in them since. */
export class ClosingCheck {
  readonly #store: StoreInspection
  readonly #shard: number
  readonly #types: ReadonlySet<number>
  readonly #findings: Findings

  constructor(store: StoreInspection, shard: number, types: ReadonlyMap<number, string>, findings: Findings) {
    this.#store = store
    this.#shard = shard
    this.#types = new Set([...types].filter(([, name]) => closings.has(name)).map(([id]) => id))
    this.#findings = findings
  }

  async page(events: readonly EventRow[], tenants: ReadonlyMap<number, TenantRow>): Promise<void> {
    if (this.#types.size === 0) return
    for (const event of events) {
      const tenant = tenants.get(event.tenant)
      if (!this.#types.has(event.type) || tenant === undefined || tenant.deletedAt !== null) continue
      const name = closedStream(event.body)
      if (name === undefined || !(await this.#isRecord(event, tenant.name, name))) continue
      const end = await this.#store.streamEnd(this.#shard, tenant.id, name)
      if (!end) continue
      const found = (fault: 'closed-stream-grew' | 'stream-not-closed', problem: string) =>
        this.#findings.add(fault, {
          shard: this.#shard,
          position: end.position,
          tenant: tenant.name,
          problem,
        })
      if (end.position > event.position)
        found(
          'closed-stream-grew',
          `the stream "${name}" was closed at ${event.position} and has later events`,
        )
      if (end.state === 0)
        found('stream-not-closed', `the stream "${name}" was closed at ${event.position} and is open`)
    }
  }

  /** Anybody may store an event of such a type; what was done to a stream is in its document. */
  async #isRecord(event: EventRow, tenant: string, stream: string): Promise<boolean> {
    const row = await this.#store.document(tenant, lifecycleCollection, streamDigest(stream))
    const { sealedBy, tombstonedBy } = JSON.parse(row?.value ?? '{}') as Partial<StreamLifecycle>
    const id = parseLeaf(event.leaf)?.id
    return id !== undefined && (id === sealedBy || id === tombstonedBy)
  }
}

function closedStream(body: string): string | undefined {
  try {
    const { payload } = JSON.parse(body) as { payload?: { streamId?: unknown } }
    return typeof payload?.streamId === 'string' ? payload.streamId : undefined
  } catch {
    return undefined
  }
}
