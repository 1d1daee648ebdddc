import type { EventRow, KeyRow, TenantRow } from '../transfer/rows.ts'
import type { Findings } from './fault.ts'

/** Holds idempotency keys to the events that were appended under them: events in a row, of the key's tenant. */
export class KeyCheck {
  readonly #shard: number
  readonly #tenants: ReadonlyMap<number, TenantRow>
  readonly #findings: Findings
  /** Keys whose last event has not gone by. */
  #open: { readonly row: KeyRow; isGood: boolean }[] = []

  constructor(shard: number, tenants: ReadonlyMap<number, TenantRow>, findings: Findings) {
    this.#shard = shard
    this.#tenants = tenants
    this.#findings = findings
  }

  /** Takes a page of events with the keys whose first event is in it or before. */
  page(events: readonly EventRow[], keys: readonly KeyRow[]): void {
    for (const row of keys) this.#checkDeleted(row)
    let next = 0
    for (const { position, tenant } of events) {
      for (; (keys[next]?.position ?? Number.POSITIVE_INFINITY) <= position; next += 1)
        this.#open.push({ row: keys[next] as KeyRow, isGood: keys[next]?.position === position })
      if (this.#open.length === 0) continue
      for (const key of this.#open) if (key.row.tenant !== tenant) key.isGood = false
      for (const { row, isGood } of this.#open) if (!isGood) this.stray(row)
      this.#open = this.#open.filter(({ row, isGood }) => isGood && row.position + row.count - 1 > position)
    }
  }

  stray({ key, position, count }: KeyRow): void {
    this.#findings.add('key-stray', {
      shard: this.#shard,
      position,
      problem: `the key "${key}" stands for ${count} events from position ${position}, not all of its tenant`,
    })
  }

  /** Keys whose events lie beyond the end of the log. */
  finish(): void {
    for (const { row } of this.#open) this.stray(row)
    this.#open = []
  }

  #checkDeleted({ tenant, position }: KeyRow): void {
    const owner = this.#tenants.get(tenant)
    if (owner === undefined || owner.deletedAt === null) return
    const problem = 'an idempotency key is still there'
    this.#findings.add('deleted-left', { shard: this.#shard, position, tenant: owner.name, problem })
  }
}
