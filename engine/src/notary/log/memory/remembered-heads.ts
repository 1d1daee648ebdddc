import type { Clock } from '../../../core/index.ts'
import { toKeelsonError } from '../../../core/index.ts'
import type { HeadMemory, RememberedHead } from './port.ts'
import { logId } from './port.ts'

export interface RememberedOptions {
  readonly clock: Clock
  readonly memory: HeadMemory | undefined
  /** The heads that the platform's own log was made of the last time. */
  readonly recorded: () => Promise<ReadonlyMap<string, RememberedHead>>
  /** Told of what cannot be read or written. */
  readonly onFault: (message: string) => void
}

interface Known {
  readonly heads: ReadonlyMap<string, RememberedHead>
  readonly tenants: ReadonlySet<string>
}

/** Milliseconds between two writings at the least. */
const every = 10_000

/** The heads that were last signed, as they are remembered elsewhere than beside their trees. */
export class RememberedHeads {
  readonly #options: RememberedOptions
  #known: Promise<Known> | undefined
  readonly #signed = new Map<string, RememberedHead>()
  /** Tenants of which a log was signed here, and those that were deleted. */
  readonly #tenants = new Set<string>()
  readonly #forgotten = new Set<string>()
  #isChanged = false
  #isFailing = false
  #writtenAt = 0

  constructor(options: RememberedOptions) {
    this.#options = options
  }

  /**
   * The newest head of a tenant's log that is known of: signed here, or remembered when this was first asked. `keyIdOf` is
   * asked for the log's first key where there is any head of the tenant.
   */
  async of(
    tenantId: string,
    keyIdOf: () => Promise<string | undefined>,
  ): Promise<RememberedHead | undefined> {
    const known = await this.#read()
    if (!known.tenants.has(tenantId) && !this.#tenants.has(tenantId)) return undefined
    const keyId = await keyIdOf()
    const id = keyId === undefined ? undefined : logId(tenantId, keyId)
    if (id === undefined) return undefined
    const kept = this.#forgotten.has(tenantId) ? undefined : known.heads.get(id)
    const signed = this.#signed.get(id)
    return (signed?.size ?? -1) > (kept?.size ?? -1) ? signed : kept
  }

  /** Tenants of which a head was remembered when this was first asked. */
  async tenants(): Promise<readonly string[]> {
    return [...(await this.#read()).tenants]
  }

  /** Takes a head that was signed; kept with the next `step`. */
  note(id: string, head: RememberedHead): void {
    this.#signed.set(id, head)
    this.#tenants.add(tenantOf(id))
    this.#isChanged = true
  }

  /** Of a tenant that was deleted nothing is remembered. */
  forget(tenantId: string): void {
    for (const id of this.#signed.keys()) if (tenantOf(id) === tenantId) this.#signed.delete(id)
    this.#tenants.delete(tenantId)
    this.#forgotten.add(tenantId)
    this.#isChanged = true
  }

  /** Writes what has changed, where it is time to; `now` does not wait until it is. */
  async step(now = false): Promise<void> {
    const { memory, clock, onFault } = this.#options
    if (memory === undefined || !this.#isChanged) return
    if (!now && clock.now() - this.#writtenAt < every) return
    this.#writtenAt = clock.now()
    this.#isChanged = false
    try {
      await memory.save(this.#signed, id => this.#forgotten.has(tenantOf(id)))
      this.#isFailing = false
    } catch (error) {
      this.#isChanged = true
      // Once, until it succeeds.
      if (!this.#isFailing)
        onFault(`The heads of the logs cannot be kept beside the keys: ${toKeelsonError(error).message}`)
      this.#isFailing = true
    }
  }

  async #read(): Promise<Known> {
    this.#known ??= this.#load()
    return this.#known.catch(error => {
      this.#known = undefined
      throw error
    })
  }

  async #load(): Promise<Known> {
    const { memory, recorded, onFault } = this.#options
    const kept = await memory?.load().catch(error => {
      onFault(`What is remembered of the logs' heads cannot be read: ${toKeelsonError(error).message}`)
      return undefined
    })
    if (kept !== undefined && kept.faults > 0)
      onFault(`${kept.faults} lines of what is remembered of the logs' heads cannot be understood`)
    const heads = new Map(kept?.heads)
    for (const [id, head] of await recorded())
      if ((heads.get(id)?.size ?? -1) < head.size) heads.set(id, head)
    return { heads, tenants: new Set([...heads.keys()].map(tenantOf)) }
  }
}

const tenantOf = (id: string): string => id.slice(0, id.lastIndexOf('+'))
