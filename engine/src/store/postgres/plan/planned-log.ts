import { link } from '../../append/links.ts'
import type { Log, NewEvent, StoredEvent, StreamHead, TenantHead } from '../../append/log.ts'
import type { EventQuery } from '../../types.ts'
import type { Heads } from './heads.ts'
import { newTenantHead } from './heads.ts'

/** What the database said of a batch beforehand; without it nothing of the batch is thought to be stored. */
export interface Facts {
  /** Events stored under an id, and under a key, by tenant and id or key. */
  readonly events: ReadonlyMap<string, StoredEvent>
  readonly keys: ReadonlyMap<string, readonly StoredEvent[]>
  /** Position of the first match of each query, by tenant and the position to look after; 0 for none. */
  readonly matches: ReadonlyMap<EventQuery, ReadonlyMap<string, number>>
}

export const noFacts: Facts = { events: new Map(), keys: new Map(), matches: new Map() }

export const factKey = (tenantId: string, id: string): string => `${tenantId}\n${id}`

export const matchKey = (tenantId: string, after: number): string => `${tenantId}\n${after}`

export interface NewKey {
  readonly tenant: TenantHead
  readonly key: string
  readonly position: number
  readonly count: number
}

/**
 * The log that a batch is planned on: heads as they are remembered, facts that were fetched, and what the batch has
 * written so far. Nothing reaches the database before it is sent as a whole.
 */
export class PlannedLog implements Log {
  readonly events: NewEvent[] = []
  readonly keys = new Map<string, NewKey>()
  readonly tenants = new Set<TenantHead>()
  /** Streams that were written or closed, with the tenant that they belong to. */
  readonly streams = new Map<StreamHead, TenantHead>()
  readonly types = new Map<string, { readonly id: number; readonly topic: string }>()
  readonly #heads: Heads
  readonly #facts: Facts
  readonly #base: number
  readonly #byId = new Map<string, NewEvent>()
  #position: number

  constructor(heads: Heads, base: number, facts: Facts) {
    this.#heads = heads
    this.#facts = facts
    this.#base = base
    this.#position = base
  }

  get position(): number {
    return this.#position
  }

  /** Whether there is anything to send. */
  get isEmpty(): boolean {
    return this.tenants.size === 0
  }

  tenant(name: string): TenantHead {
    const known = this.#heads.tenants.get(name)
    // Without an event it is only there because an append was refused; its first event is another one now.
    if (known && known.size > 0) return known
    const head = newTenantHead(name, this.#position + 1)
    this.#heads.tenants.set(name, head)
    return head
  }

  stream(tenant: TenantHead, name: string): StreamHead | undefined {
    return this.#heads.stream(tenant.name, name)
  }

  addStream(tenant: TenantHead, name: string): StreamHead {
    const head: StreamHead = { id: this.#position + 1, name, version: 0, state: 'open' }
    this.#heads.setStream(tenant.name, head)
    return head
  }

  findEvent(tenant: TenantHead, id: string): StoredEvent | undefined {
    const key = factKey(tenant.name, id)
    const own = this.#byId.get(key)
    return own ? toStored(own) : this.#facts.events.get(key)
  }

  findKey(tenant: TenantHead, key: string): readonly StoredEvent[] | undefined {
    const own = this.keys.get(factKey(tenant.name, key))
    if (!own) return this.#facts.keys.get(factKey(tenant.name, key))
    const from = own.position - this.#base - 1
    return this.events.slice(from, from + own.count).map(toStored)
  }

  findMatch(tenant: TenantHead, query: EventQuery, after: number): number {
    const stored = this.#facts.matches.get(query)?.get(matchKey(tenant.name, after)) ?? 0
    if (stored > 0) return stored
    const own = this.events.find(
      event => event.position > after && event.tenant.name === tenant.name && matches(event, query),
    )
    return own?.position ?? 0
  }

  writeEvent(event: NewEvent): void {
    this.events.push(event)
    this.#byId.set(factKey(event.tenant.name, event.id), event)
    this.#position = event.position
    const known = this.#heads.types.get(event.type)
    if (known?.topic === event.topic) return
    const head = { id: known?.id ?? event.position, topic: event.topic }
    this.#heads.types.set(event.type, head)
    this.types.set(event.type, head)
  }

  typeId(name: string): number {
    return this.#heads.types.get(name)?.id ?? 0
  }

  writeKey(tenant: TenantHead, key: string, firstPosition: number, count: number): void {
    this.keys.set(factKey(tenant.name, key), { tenant, key, position: firstPosition, count })
  }

  touch(tenant: TenantHead, stream: StreamHead): void {
    this.tenants.add(tenant)
    this.streams.set(stream, tenant)
  }
}

function toStored(event: NewEvent): StoredEvent {
  const { position, sequence, version, id, filled, leaf, leafHash, blind, body, secrets } = event
  const place = { position, sequence, version, stream: event.stream.name }
  return { ...place, id, filled, leaf, leafHash, blind, body, secrets }
}

function matches(event: NewEvent, query: EventQuery): boolean {
  return query.some(
    ({ types = [], tags = [] }) =>
      (types.length === 0 || types.includes(event.type)) &&
      tags.every(tag => event.links.includes(link.tag(tag))),
  )
}
