import type { DataKey } from '../port.ts'

interface Held {
  readonly tenantId: string
  readonly kid: string
  readonly key: Uint8Array
  /** What it was asked for by, where it was. */
  name: string | undefined
}

/** Says that nothing was dropped since keys were read: given by `begin`, wanted by `put`. */
export type Reading = symbol

interface OfTenant {
  reading: Reading
  readonly places: Set<string>
}

/** The data keys used last, as copies that are zeroed when they go. */
export class DataKeyCache {
  readonly #size: number
  /** By tenant and kid; the one used last at the end. */
  readonly #held = new Map<string, Held>()
  readonly #byName = new Map<string, string>()
  readonly #tenants = new Map<string, OfTenant>()

  constructor(size: number) {
    this.#size = size
  }

  /** A copy; undefined where it is not held. */
  byKid(tenantId: string, kid: string): Uint8Array | undefined {
    return this.#touch(placeOf(tenantId, kid))?.key.slice()
  }

  byName(name: string): DataKey | undefined {
    const place = this.#byName.get(name)
    const held = place === undefined ? undefined : this.#touch(place)
    return held && { kid: held.kid, key: held.key.slice() }
  }

  /** To be called before keys are read from the store. */
  begin(tenantId: string): Reading {
    const known = this.#tenants.get(tenantId)
    if (known) return known.reading
    const reading = Symbol()
    this.#tenants.set(tenantId, { reading, places: new Set() })
    return reading
  }

  /** Keeps a copy, unless keys of the tenant were dropped since it was read: this may be one of them. */
  put(tenantId: string, { kid, key }: DataKey, reading: Reading, name?: string): void {
    const ofTenant = this.#tenants.get(tenantId)
    if (ofTenant?.reading !== reading) return
    const place = placeOf(tenantId, kid)
    const held = this.#touch(place) ?? { tenantId, kid, key: key.slice(), name }
    held.name = name ?? held.name
    this.#held.set(place, held)
    ofTenant.places.add(place)
    if (held.name !== undefined) this.#byName.set(held.name, place)
    const [oldest] = this.#held.keys()
    if (this.#held.size > this.#size && oldest !== undefined) this.#remove(oldest)
  }

  drop(tenantId: string, kids: readonly string[]): void {
    const ofTenant = this.#tenants.get(tenantId)
    if (ofTenant) ofTenant.reading = Symbol()
    for (const kid of kids) this.#remove(placeOf(tenantId, kid))
  }

  dropTenant(tenantId: string): void {
    for (const place of this.#tenants.get(tenantId)?.places ?? []) this.#remove(place)
    this.#tenants.delete(tenantId)
  }

  clear(): void {
    for (const tenantId of [...this.#tenants.keys()]) this.dropTenant(tenantId)
  }

  #touch(place: string): Held | undefined {
    const held = this.#held.get(place)
    if (!held) return undefined
    this.#held.delete(place)
    this.#held.set(place, held)
    return held
  }

  #remove(place: string): void {
    const held = this.#held.get(place)
    if (!held) return
    this.#held.delete(place)
    this.#tenants.get(held.tenantId)?.places.delete(place)
    held.key.fill(0)
    if (held.name !== undefined && this.#byName.get(held.name) === place) this.#byName.delete(held.name)
  }
}

const placeOf = (tenantId: string, kid: string): string => `${tenantId}\n${kid}`
