import type { Clock } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import { isConflict } from '../key-documents.ts'
import type { TenantKeyStore } from './tenant-key-store.ts'
import type { TenantKeys } from './tenant-keys.ts'

/** What a look finds: keys that are held now, that there are none, or nothing where something changed meanwhile. */
type Found = 'keys' | 'none' | 'behind'

interface Entry {
  readonly keys: TenantKeys
  checkedAt: number
  /** How many use the keys this moment: they are not zeroed under their hands. */
  users: number
  isDropped: boolean
}

export interface TenantKeyCacheOptions {
  readonly clock: Clock
  /** Tenants that are held. */
  readonly size: number
  /** Milliseconds. */
  readonly recheck: number
  /** Told where data keys of the tenant that are held may be destroyed, or it is not looked any more whether they are. */
  readonly onStale: (tenantId: string) => void
}

/** Of several processes one wins each time, so that so many losses in a row mean something else. */
const maxTries = 50

/** Tenants' own keys, held open for as long as they are used often, and looked at again where they may have changed. */
export class TenantKeyCache {
  readonly #keys: TenantKeyStore
  readonly #options: TenantKeyCacheOptions
  /** The one used last at the end. */
  readonly #entries = new Map<string, Entry>()
  /** Looks that are under way. One that is not here any more is behind: it is neither shared nor kept. */
  readonly #looks = new Map<string, Promise<Found>>()
  #isClosed = false

  constructor(keys: TenantKeyStore, options: TenantKeyCacheOptions) {
    this.#keys = keys
    this.#options = options
  }

  /** Does something with the tenant's keys, made where there are none. */
  async make<Result>(
    tenantId: string,
    work: (keys: TenantKeys) => Promise<Result> | Result,
  ): Promise<Result> {
    let entry = await this.#take(tenantId)
    if (!entry) {
      await this.#keys.make(tenantId)
      this.#looks.delete(tenantId)
      entry = await this.#take(tenantId)
    }
    if (!entry)
      throw new KeelsonError('key_ring_locked', `The keys of tenant "${tenantId}" could not be made`)
    return this.#run(entry, work)
  }

  /** Does something with the tenant's keys; undefined where it has none. */
  async find<Result>(
    tenantId: string,
    work: (keys: TenantKeys) => Promise<Result> | Result,
  ): Promise<Result | undefined> {
    const entry = await this.#take(tenantId)
    return entry && this.#run(entry, work)
  }

  /** Does it anew where another process has changed the keys in between. */
  async retrying<Result>(tenantId: string, work: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1)
      try {
        return await work()
      } catch (error) {
        const isStale = error instanceof KeelsonError && error.code === 'key_ring_incomplete' && tries < 3
        if (!(isStale || isConflict(error)) || tries === maxTries) throw error
        if (isStale) this.drop(tenantId)
        else this.#expire(tenantId)
      }
  }

  /** Forgets the tenant's keys, and what a look finds that is under way. */
  drop(tenantId: string): void {
    this.#looks.delete(tenantId)
    this.#remove(tenantId)
  }

  close(): void {
    this.#isClosed = true
    this.#looks.clear()
    for (const tenantId of [...this.#entries.keys()]) this.#remove(tenantId)
  }

  #remove(tenantId: string): void {
    const entry = this.#entries.get(tenantId)
    if (!entry) return
    this.#entries.delete(tenantId)
    this.#options.onStale(tenantId)
    entry.isDropped = true
    if (entry.users === 0) entry.keys.close()
  }

  #expire(tenantId: string): void {
    this.#looks.delete(tenantId)
    const entry = this.#entries.get(tenantId)
    if (entry) entry.checkedAt = Number.NEGATIVE_INFINITY
  }

  async #run<Result>(entry: Entry, work: (keys: TenantKeys) => Promise<Result> | Result): Promise<Result> {
    try {
      return await work(entry.keys)
    } finally {
      entry.users -= 1
      if (entry.isDropped && entry.users === 0) entry.keys.close()
    }
  }

  /** The entry, in use already. */
  async #take(tenantId: string): Promise<Entry | undefined> {
    for (let found: Found = 'behind'; found !== 'none'; found = await this.#lookOnce(tenantId)) {
      if (this.#isClosed) throw new KeelsonError('key_ring_locked', 'The key ring is closed')
      const entry = this.#entries.get(tenantId)
      if (entry && (found === 'keys' || this.#isFresh(entry))) {
        entry.users += 1
        this.#entries.delete(tenantId)
        this.#entries.set(tenantId, entry)
        return entry
      }
    }
    return undefined
  }

  #isFresh({ checkedAt }: Entry): boolean {
    const age = this.#options.clock.now() - checkedAt
    return age >= 0 && age <= this.#options.recheck
  }

  #lookOnce(tenantId: string): Promise<Found> {
    const running = this.#looks.get(tenantId)
    if (running) return running
    const isBehind = () => this.#looks.get(tenantId) !== look
    const look = this.#look(tenantId, isBehind).finally(() => {
      if (!isBehind()) this.#looks.delete(tenantId)
    })
    this.#looks.set(tenantId, look)
    return look
  }

  /** Reads what may have changed. */
  async #look(tenantId: string, isBehind: () => boolean): Promise<Found> {
    const checkedAt = this.#options.clock.now()
    const entry = this.#entries.get(tenantId)
    if (entry) {
      const known = entry.keys.state
      const state = await this.#keys.readState(tenantId)
      if (isBehind()) return 'behind'
      if (state && state.destroyed !== known.destroyed) this.#options.onStale(tenantId)
      const isSame = state !== undefined && state.version === known.version && state.id === known.id
      if (isSame && this.#entries.get(tenantId) === entry) {
        // What this process has changed meanwhile is newer than what was read.
        if (state.revision >= entry.keys.state.revision) entry.keys.state = state
        entry.checkedAt = checkedAt
        return 'keys'
      }
      this.#remove(tenantId)
    }
    const keys = await this.#keys.load(tenantId)
    if (!keys) return isBehind() ? 'behind' : 'none'
    if (isBehind()) {
      keys.close()
      return 'behind'
    }
    this.#put(tenantId, { keys, checkedAt, users: 0, isDropped: false })
    return 'keys'
  }

  #put(tenantId: string, entry: Entry): void {
    this.#remove(tenantId)
    // What was held before is from before this look.
    this.#options.onStale(tenantId)
    this.#entries.set(tenantId, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#options.size && oldest !== undefined) this.#remove(oldest)
  }
}
