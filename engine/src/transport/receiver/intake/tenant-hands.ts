/** Of what the others leave of the window, what one tenant may hold. */
const mostOfFree = 3 / 4

/**
 * What each tenant has in hand. A tenant may hold three quarters of what the others leave of the window, so there is room
 * for the next one however many hold as much as they may.
 */
export class TenantHands {
  readonly #window: number
  readonly #byTenant = new Map<string, { count: number }>()
  readonly #onRoom: () => void
  #total = 0

  /** `onRoom` is told when something leaves the hands. */
  constructor(window: number, onRoom: () => void) {
    this.#window = window
    this.#onRoom = onRoom
  }

  hasRoom(tenantId: string): boolean {
    const own = this.#byTenant.get(tenantId)?.count ?? 0
    return own < Math.max(1, Math.floor((this.#window - this.#total + own) * mostOfFree))
  }

  take(tenantId: string): void {
    const own = this.#byTenant.get(tenantId)
    if (own === undefined) this.#byTenant.set(tenantId, { count: 1 })
    else own.count += 1
    this.#total += 1
  }

  release(tenantId: string): void {
    const own = this.#byTenant.get(tenantId)
    if (own === undefined) return
    own.count -= 1
    this.#total -= 1
    if (own.count === 0) this.#byTenant.delete(tenantId)
    this.#onRoom()
  }
}
