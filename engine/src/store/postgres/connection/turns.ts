import { KeelsonError } from '../../../core/index.ts'
import { toStoreError } from './sql-error.ts'

interface Waiting {
  readonly owner: string | undefined
  start(): void
  refuse(): void
}

export interface TurnLimits {
  /** Reads at a time, and how many of them may be one tenant's. */
  readonly maxReads: number
  readonly maxReadsOfTenant: number
  /** Reads of one tenant that may wait. */
  readonly maxWaiting: number
}

/**
 * Decides who reads next: connections are few, and appends need some of them at any time. What the platform itself
 * asks goes first; tenants take turns, so that one tenant's hundred do not stand before another's one.
 */
export class Turns {
  readonly #limits: TurnLimits
  readonly #own: Waiting[] = []
  readonly #tenants = new Map<string, Waiting[]>()
  readonly #running = new Map<string, number>()
  #total = 0
  #isClosed = false
  #idle: (() => void)[] = []

  constructor(limits: TurnLimits) {
    this.#limits = limits
  }

  /**
   * Does the work when its turn comes; what the driver throws becomes an error of the table.
   *
   * @throws KeelsonError `store_busy` where too many reads of the tenant wait; the signal's reason where it aborts.
   */
  async take<Result>(
    tenantId: string | undefined,
    work: () => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    signal?.throwIfAborted()
    await this.#wait(tenantId, signal)
    try {
      return await work()
    } catch (error) {
      throw toStoreError(error)
    } finally {
      this.#total -= 1
      if (tenantId !== undefined) this.#count(tenantId, -1)
      this.#next()
      if (this.#total === 0) for (const wake of this.#idle.splice(0)) wake()
    }
  }

  /** Refuses those who wait and who come, and resolves when nobody reads any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    const waiting = [...this.#own.splice(0), ...[...this.#tenants.values()].flat()]
    this.#tenants.clear()
    for (const one of waiting) one.refuse()
    if (this.#total > 0) await new Promise<void>(resolve => this.#idle.push(resolve))
  }

  #wait(owner: string | undefined, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (): void => reject(new KeelsonError('store_closed'))
      if (this.#isClosed) return refuse()
      const line = owner === undefined ? this.#own : (this.#tenants.get(owner) ?? [])
      if (owner !== undefined && line.length >= this.#limits.maxWaiting) {
        const message = 'Too many reads of this tenant are waiting'
        return reject(new KeelsonError('store_busy', message, { retryAfterSeconds: 1 }))
      }
      const giveUp = (): void => {
        const at = line.indexOf(waiting)
        if (at < 0) return
        line.splice(at, 1)
        reject(signal?.reason)
      }
      const start = (): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      const waiting: Waiting = { owner, start, refuse }
      signal?.addEventListener('abort', giveUp, { once: true })
      line.push(waiting)
      if (owner !== undefined) this.#tenants.set(owner, line)
      this.#next()
    })
  }

  #next(): void {
    while (this.#total < this.#limits.maxReads) {
      const next = this.#own.shift() ?? this.#nextOfTenants()
      if (!next) return
      this.#total += 1
      if (next.owner !== undefined) this.#count(next.owner, 1)
      next.start()
    }
  }

  #nextOfTenants(): Waiting | undefined {
    for (const [tenantId, line] of this.#tenants) {
      if (line.length === 0) {
        this.#tenants.delete(tenantId)
        continue
      }
      if ((this.#running.get(tenantId) ?? 0) >= this.#limits.maxReadsOfTenant) continue
      const next = line.shift()
      // Behind all others: a map keeps the order in which its keys were set.
      this.#tenants.delete(tenantId)
      if (line.length > 0) this.#tenants.set(tenantId, line)
      return next
    }
    return undefined
  }

  #count(tenantId: string, change: number): void {
    const count = (this.#running.get(tenantId) ?? 0) + change
    if (count > 0) this.#running.set(tenantId, count)
    else this.#running.delete(tenantId)
  }
}
