import type { Clock } from '../../../core/index.ts'
import { KeelsonError, toKeelsonError } from '../../../core/index.ts'
import { headsOf, rememberedTenants, tenantOf } from './lost-logs.ts'
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
  /** Logs whose heads the memory has, and how many it may have that cannot be understood. */
  readonly sure: ReadonlySet<string>
  readonly faults: number
}

/** Milliseconds between two writings at the least. */
const every = 10_000
/** Milliseconds until it is looked again whether what cannot be understood was put aside. */
const doubtful = 2_000

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
  #readAt = 0

  constructor(options: RememberedOptions) {
    this.#options = options
  }

  /**
   * The newest head of a tenant's log that is known of: signed here, or remembered when this was first asked. `keyIdOf` is
   * asked for the log's first key where there is any head of the tenant.
   *
   * @throws KeelsonError `log_heads_damaged` where one may be among what cannot be understood.
   */
  async of(
    tenantId: string,
    keyIdOf: () => Promise<string | undefined>,
  ): Promise<RememberedHead | undefined> {
    const known = await this.#read()
    const isKnown = known.tenants.has(tenantId) || this.#tenants.has(tenantId)
    if (!isKnown && known.faults === 0) return undefined
    const keyId = await keyIdOf()
    const id = keyId === undefined ? undefined : logId(tenantId, keyId)
    if (id === undefined) return undefined
    const kept = this.#forgotten.has(tenantId) ? undefined : known.heads.get(id)
    const signed = this.#signed.get(id)
    if (known.faults > 0 && !signed && !known.sure.has(id) && !this.#forgotten.has(tenantId))
      throw new KeelsonError('log_heads_damaged')
    return (signed?.size ?? -1) > (kept?.size ?? -1) ? signed : kept
  }

  /**
   * The longest log of a tenant that was remembered when this was first asked, and is not the one that it has now: whose keys
   * are gone with all else, though its tenant was not deleted. `deleted` gives the ids of those that went with their tenant.
   */
  async lost(
    tenantId: string,
    keyId: string | undefined,
    deleted: () => Promise<readonly string[]>,
  ): Promise<RememberedHead | undefined> {
    const { heads, tenants } = await this.#read()
    if (!tenants.has(tenantId) || this.#forgotten.has(tenantId)) return undefined
    const others = headsOf(heads, tenantId).filter(one => one.keyId !== keyId)
    if (others.length === 0) return undefined
    const lawful = await deleted()
    return others.find(one => !lawful.includes(one.keyId))
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
    const { clock } = this.#options
    const isDoubtful = this.#known && (await this.#known.catch(() => undefined))?.faults
    if (isDoubtful && clock.now() - this.#readAt >= doubtful) this.#known = this.#load(isDoubtful)
    this.#known ??= this.#load()
    return this.#known.catch(error => {
      this.#known = undefined
      throw error
    })
  }

  /** `told` is how many faults somebody was told of. */
  async #load(told = 0): Promise<Known> {
    const { memory, clock, recorded, onFault } = this.#options
    this.#readAt = clock.now()
    const kept = await memory?.load().catch(error => {
      onFault(`What is remembered of the logs' heads cannot be read: ${toKeelsonError(error).message}`)
      return undefined
    })
    // What cannot be read at all now may have what could not be understood before.
    const faults = kept?.faults ?? told
    if (faults !== told) onFault(faults === 0 ? accepted(told) : damaged(faults))
    const heads = new Map(kept?.heads)
    const sure = new Set(heads.keys())
    for (const [id, head] of await recorded())
      if ((heads.get(id)?.size ?? -1) < head.size) heads.set(id, head)
    return { heads, tenants: rememberedTenants(heads), sure, faults }
  }
}

const counted = (lines: number): string => `${lines} ${lines === 1 ? 'line' : 'lines'}`

const damaged = (lines: number): string =>
  `${counted(lines)} of what is remembered of the logs' heads cannot be understood: logs of which no other line is are not ` +
  'signed until these are put aside (`keelson log accept-heads`)'

const accepted = (lines: number): string =>
  `${counted(lines)} of what is remembered of the logs' heads, which could not be understood: put aside`
