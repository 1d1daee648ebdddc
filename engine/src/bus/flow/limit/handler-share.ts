/** Milliseconds for which a tenant counts as somebody beside whom others are not alone. */
const lately = 60_000

/** Of the handlers, what one tenant may have while it is not alone. */
const mostOfAll = 7 / 8

interface Seen {
  readonly tenantId: string
  readonly at: number
}

/**
 * Whose handlers run. A tenant that is alone may have them all. Where another one was handled within a minute it leaves
 * an eighth of them, and one at the least, so whoever comes beside its flood begins at once and waits for none of its
 * handlers. It may always have one; so where there is one handler only, it goes by turns alone.
 */
export class HandlerShare {
  readonly #running = new Map<string, number>()
  #newest: Seen | undefined
  /** The newest of another tenant than that. */
  #other: Seen | undefined

  /** Whether a tenant may begin another handler, of so many that may run. */
  mayBegin(tenantId: string, concurrency: number, now: number): boolean {
    const other = this.#newest?.tenantId === tenantId ? this.#other : this.#newest
    if (other === undefined || now - other.at >= lately) return true
    const own = this.#running.get(tenantId) ?? 0
    return own < Math.max(1, Math.floor(concurrency * mostOfAll))
  }

  /** Milliseconds until one that may not begin another may, if nobody else is handled meanwhile. */
  alterIn(now: number): number {
    const ends = [this.#newest, this.#other].map(seen => (seen?.at ?? -Infinity) + lately - now)
    return Math.min(...ends.filter(left => left > 0))
  }

  begin(tenantId: string, now: number): void {
    if (this.#newest !== undefined && this.#newest.tenantId !== tenantId) this.#other = this.#newest
    this.#newest = { tenantId, at: now }
    this.#running.set(tenantId, (this.#running.get(tenantId) ?? 0) + 1)
  }

  end(tenantId: string): void {
    const left = (this.#running.get(tenantId) ?? 0) - 1
    if (left > 0) this.#running.set(tenantId, left)
    else this.#running.delete(tenantId)
  }
}
