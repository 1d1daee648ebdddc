import { KeelsonError } from 'keelson'
import type { Limits } from '../../server-context.ts'

/** Counts the pulls that wait: a bound for all, and one for each tenant. */
export class OpenPulls {
  readonly #limits: Limits
  readonly #byTenant = new Map<string, number>()
  #all = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Takes a place and gives the way to leave it; @throws KeelsonError `too_many_streams` where there is none. */
  enter(tenantId: string): () => void {
    const own = this.#byTenant.get(tenantId) ?? 0
    const { openPulls, openPullsPerTenant } = this.#limits
    if (this.#all >= openPulls || own >= openPullsPerTenant)
      throw new KeelsonError('too_many_streams', 'Too many pulls are waiting')
    this.#all += 1
    this.#byTenant.set(tenantId, own + 1)
    return () => {
      this.#all -= 1
      const left = (this.#byTenant.get(tenantId) ?? 1) - 1
      if (left > 0) this.#byTenant.set(tenantId, left)
      else this.#byTenant.delete(tenantId)
    }
  }
}
