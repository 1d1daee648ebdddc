/**
 * Keeps the order of what tenants append: while one append waits for keys, those that come after it wait too, though
 * theirs may be at hand.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Resolves with what was prepared, when all that was asked for before of the same tenants has had its turn. */
  take<Prepared>(tenantIds: readonly string[], prepared: Promise<Prepared>): Promise<Prepared> {
    const before = tenantIds.flatMap(tenantId => this.#last.get(tenantId) ?? [])
    const turn =
      before.length === 0 ? prepared : Promise.allSettled([...before, prepared]).then(() => prepared)
    for (const tenantId of tenantIds) this.#last.set(tenantId, turn)
    const leave = () => {
      for (const tenantId of tenantIds) if (this.#last.get(tenantId) === turn) this.#last.delete(tenantId)
    }
    turn.then(leave, leave)
    return turn
  }
}
