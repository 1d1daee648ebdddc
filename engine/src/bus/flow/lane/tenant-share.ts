export type ShareResult = 'accepted' | 'full' | 'tenant_full'

/**
 * Room that tenants share: each may hold as much as is still free, so one that floods gets half and the next ones find
 * room (a dynamic threshold, as network switches share their buffers by; A. K. Choudhury and E. L. Hahne, 1998). A
 * tenant that holds nothing is admitted while there is any room.
 */
export class TenantShare {
  readonly #capacity: number
  readonly #held = new Map<string, { count: number }>()
  #total = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** What all tenants hold. */
  get total(): number {
    return this.#total
  }

  /** Tenants that hold something; nothing is kept of the others. */
  get tenants(): number {
    return this.#held.size
  }

  /** Counts one more for a tenant, if it may hold it. */
  admit(tenantId: string): ShareResult {
    const free = this.#capacity - this.#total
    if (free <= 0) return 'full'
    const held = this.#held.get(tenantId)
    if (held === undefined) this.#held.set(tenantId, { count: 1 })
    else if (held.count >= free) return 'tenant_full'
    else held.count += 1
    this.#total += 1
    return 'accepted'
  }

  /** Counts one less for a tenant that holds something. */
  release(tenantId: string): void {
    const held = this.#held.get(tenantId)
    if (held === undefined) return
    held.count -= 1
    this.#total -= 1
    if (held.count === 0) this.#held.delete(tenantId)
  }
}
