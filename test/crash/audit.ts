import { isDeepStrictEqual } from 'node:util'
import type { JsonValue } from 'keelson'
import { callApi } from '../process/keelson.ts'
import type { Entry, Ledger, Place } from './ledger.ts'
import { differingMember, placeNames } from './ledger.ts'
import { adminKey, tenants } from './load.ts'

/** An event as the API gives it. */
export type Item = Place & { readonly eventId: string; readonly eventType: string; readonly tenantId: string }

interface ItemPage {
  readonly data: readonly Item[]
  readonly page: { readonly nextCursor: string | null }
  readonly head: number
}

/** What an import says about itself in the log. */
const importTypes = ['BatchIngestionStarted', 'BatchIngestionCompleted']
const zeroHash = Buffer.alloc(32).toString('base64url')

/** Reads what came into the log since the last time, and holds it against the ledger and what was read before. */
export class Audit {
  readonly #ledger: Ledger
  readonly #tips = new Map<string, { sequence: number; leafHash: string }>()
  readonly #versions = new Map<string, number>()
  readonly #seen = new Set<string>()
  /** Newest position that was read. */
  position = 0
  /** Events that imports stored about themselves. */
  aboutImports = 0

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** The faults found, none where all is as promised. */
  async check(url: string): Promise<string[]> {
    const items: Item[] = []
    for (const tenant of tenants) items.push(...(await this.#readNew(url, tenant)))
    items.sort((a, b) => a.position - b.position)
    const faults = items.flatMap(item => this.#checkItem(item))
    for (const { eventId, isAcknowledged } of this.#ledger.entries.values()) {
      if (isAcknowledged && !this.#seen.has(eventId)) faults.push(`${eventId}: acknowledged and lost`)
    }
    // Whatever is stored has its place now.
    for (const entry of this.#ledger.pending) entry.isOpen = false
    return [...this.#ledger.faults, ...faults]
  }

  async #readNew(url: string, tenant: string): Promise<Item[]> {
    const found: Item[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const path = `/v1/events?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`
      const { body } = await callApi(url, path, { key: adminKey, tenant })
      const { data, page } = body as ItemPage
      const fresh = data.filter(item => item.position > this.position)
      found.push(...fresh)
      cursor = fresh.length < data.length ? null : page.nextCursor
    }
    return found
  }

  #checkItem(item: Item): string[] {
    const entry = this.#ledger.entries.get(item.eventId)
    const faults = this.#chainFaults(item)
    if (this.#seen.has(item.eventId)) faults.push('stored twice')
    this.#seen.add(item.eventId)
    if (entry) faults.push(...entryFaults(entry, item))
    else if (importTypes.includes(item.eventType)) this.aboutImports += 1
    else faults.push('was never sent')
    return faults.map(fault => `${item.eventId} at ${item.position}: ${fault}`)
  }

  /** Positions, sequences, versions without gap, each leaf on the one before. */
  #chainFaults(item: Item): string[] {
    const faults: string[] = []
    if (item.position !== this.position + 1) faults.push(`follows position ${this.position}`)
    this.position = item.position
    const tip = this.#tips.get(item.tenantId) ?? { sequence: -1, leafHash: zeroHash }
    if (item.sequence !== tip.sequence + 1) faults.push(`sequence ${item.sequence} follows ${tip.sequence}`)
    if (item.previousHash !== tip.leafHash) faults.push('does not chain to the leaf before')
    this.#tips.set(item.tenantId, item)
    const stream = `${item.tenantId} ${item.stream}`
    const version = this.#versions.get(stream) ?? 0
    if (item.version !== version + 1) faults.push(`version ${item.version} follows ${version}`)
    this.#versions.set(stream, item.version)
    return faults
  }
}

/** What is wrong with an event that was sent: it is stored as it was sent and told, or it is not stored. */
function entryFaults(entry: Entry, item: Item): string[] {
  const faults: string[] = []
  if (item.tenantId !== entry.tenantId) faults.push(`stored for ${item.tenantId}`)
  const stored = item as unknown as Readonly<Record<string, JsonValue>>
  for (const [name, value] of Object.entries(entry.event)) {
    if (!isDeepStrictEqual(stored[name], value)) faults.push(`${name} is not what was sent`)
  }
  const differing = entry.place && differingMember(entry.place, item)
  if (differing) faults.push(`${differing} is not what the receipt says`)
  entry.place ??= Object.fromEntries(placeNames.map(name => [name, item[name]])) as unknown as Place
  return faults
}
