import { zeroHash } from '../../proof/index.ts'
import { link } from '../append/links.ts'
import type { Log, NewEvent, StoredEvent, StreamHead, TenantHead } from '../append/log.ts'
import type { PreparedRedaction } from '../append/redaction.ts'
import { notRedacted, staleLinks } from '../append/redaction.ts'
import { withoutKids } from '../append/sealed-text.ts'
import type { RecordedFields } from '../read/recorded-event.ts'
import { createRecordedEvent } from '../read/recorded-event.ts'
import type { BodyState, EventFilter, EventQuery, RecordedEvent } from '../types.ts'

export interface MemoryEvent {
  readonly event: RecordedEvent
  readonly filled: number
  readonly links: readonly string[]
}

/** The log as arrays and maps. What a transaction changes can be taken back until `keep`. */
export class MemoryLog implements Log {
  readonly events: MemoryEvent[] = []
  readonly topics = new Map<string, string>()
  readonly #tenants = new Map<string, TenantHead>()
  readonly #streams = new Map<string, StreamHead>()
  readonly #ids = new Map<string, number>()
  readonly #keys = new Map<string, readonly [first: number, count: number]>()
  #undo: (() => void)[] = []
  #lastId = 0

  get position(): number {
    return this.events.length
  }

  /** What was changed since the last call stays. */
  keep(): void {
    this.#undo = []
  }

  /** Takes back what was changed since `keep`. */
  takeBack(): void {
    for (const undo of this.#undo.reverse()) undo()
    this.#undo = []
  }

  findTenant(name: string): TenantHead | undefined {
    return this.#tenants.get(name)
  }

  /** Position of the newest event that is not the tenant's. */
  headWithout(name: string): number {
    let newest = 0
    for (const one of this.#tenants.values()) if (one.name !== name) newest = Math.max(newest, one.position)
    return newest
  }

  tenant(name: string): TenantHead {
    const known = this.#tenants.get(name)
    if (known) return known
    const head = { id: this.#newId(), name, size: 0, hash: zeroHash, time: 0, position: 0 }
    this.#set(this.#tenants, name, head)
    return head
  }

  stream(tenant: TenantHead, name: string): StreamHead | undefined {
    return this.#streams.get(join(tenant.name, name))
  }

  addStream(tenant: TenantHead, name: string): StreamHead {
    const head: StreamHead = { id: this.#newId(), name, version: 0, state: 'open' }
    this.#set(this.#streams, join(tenant.name, name), head)
    return head
  }

  findEvent(tenant: TenantHead, id: string): StoredEvent | undefined {
    const position = this.#ids.get(join(tenant.name, id))
    return position === undefined ? undefined : this.#stored(position)
  }

  positionOf(tenantId: string, eventId: string): number | undefined {
    return this.#ids.get(join(tenantId, eventId))
  }

  findKey(tenant: TenantHead, key: string): readonly StoredEvent[] | undefined {
    const range = this.#keys.get(join(tenant.name, key))
    return range && Array.from({ length: range[1] }, (_, at) => this.#stored(range[0] + at))
  }

  findMatch(tenant: TenantHead, query: EventQuery, after: number): number {
    const match = this.events
      .slice(after)
      .find(one => one.event.tenantId === tenant.name && this.matches(one, { query }))
    return match?.event.position ?? 0
  }

  writeEvent(event: NewEvent): void {
    const tenantId = event.tenant.name
    const recorded = createRecordedEvent({
      position: event.position,
      sequence: event.sequence,
      tenantId,
      stream: event.stream.name,
      version: event.version,
      eventType: event.type,
      leaf: event.leaf,
      leafHash: event.leafHash,
      blind: Buffer.from(event.blind).toString('base64url'),
      body: event.body,
      bodyState: 'present',
      secrets: event.secrets,
    })
    this.#undo.push(this.#headsUndo(event))
    this.events.push({ event: recorded, filled: event.filled, links: event.links })
    this.#undo.push(() => this.events.pop())
    this.#set(this.#ids, join(tenantId, event.id), event.position)
    this.#set(this.topics, event.type, event.topic)
  }

  writeKey(tenant: TenantHead, key: string, firstPosition: number, count: number): void {
    this.#set(this.#keys, join(tenant.name, key), [firstPosition, count])
  }

  touch(): void {
    // Heads are the objects that the appender has moved.
  }

  /** Takes a stream's state back with the rest, should the transaction fail. */
  rememberState(tenantId: string, name: string): void {
    const head = this.#streams.get(join(tenantId, name))
    if (!head) return
    const { state } = head
    this.#undo.push(() => {
      head.state = state
    })
  }

  changeBody(tenantId: string, position: number, becomes: Exclude<BodyState, 'present'>): void {
    const old = this.events[position - 1]
    if (!old || old.event.tenantId !== tenantId || old.event.bodyState === 'removed') return
    this.#replace(position, { ...old, event: without(old.event, becomes) })
  }

  removeSecrets(tenantId: string, position: number, kids: ReadonlySet<string>): void {
    const old = this.events[position - 1]
    if (!old || old.event.tenantId !== tenantId || old.event.secrets === '') return
    const secrets = withoutKids(old.event.secrets, kids)
    this.#replace(position, { ...old, event: createRecordedEvent({ ...fieldsOf(old.event), secrets }) })
  }

  /** @throws KeelsonError where the event's content is not there. */
  redact(change: PreparedRedaction): void {
    const { tenantId, position, eventId, body, blind } = change
    const old = this.events[position - 1]
    const { event } = old ?? {}
    if (!old || event?.tenantId !== tenantId || event.eventId !== eventId) throw notRedacted(change)
    if (event.bodyState !== 'present' && (event.bodyState !== 'archived' || change.before === undefined))
      throw notRedacted(change)
    const gone = new Set(staleLinks(event.body, change))
    this.#replace(position, {
      ...old,
      links: old.links.filter(one => !gone.has(one)),
      event: createRecordedEvent({ ...fieldsOf(event), body, blind, bodyState: 'present' }),
    })
  }

  /** Leaves the skeletons of the tenant's events. */
  deleteTenant(name: string): number {
    const tenant = this.#tenants.get(name)
    if (!tenant) return 0
    const own = this.events.filter(({ event }) => event.tenantId === name)
    for (const { event } of own) {
      const skeleton = {
        ...without(event, 'removed'),
        tenantId: `deleted:${tenant.id}`,
        leaf: '',
        blind: '',
        secrets: '',
      }
      const stream = `deleted:${this.#streams.get(join(name, event.stream))?.id}`
      this.#replace(event.position, {
        event: createRecordedEvent({ ...skeleton, stream, body: '', bodyState: 'removed' }),
        filled: 0,
        links: [],
      })
    }
    for (const map of [this.#streams, this.#ids, this.#keys])
      for (const key of [...map.keys()]) if (key.startsWith(`${name}\n`)) map.delete(key)
    this.#tenants.delete(name)
    this.keep()
    return own.length
  }

  /** Whether the event is one that the filter lets through. */
  matches({ event, links }: MemoryEvent, filter: EventFilter): boolean {
    const { types, topics, correlationId, causationId, query, subjectKeys } = filter
    const isOfItem = ({ types = [], tags = [] }: EventQuery[number]) =>
      (types.length === 0 || types.includes(event.eventType)) &&
      tags.every(tag => links.includes(link.tag(tag)))
    return (
      (types?.includes(event.eventType) ?? true) &&
      (topics?.includes(this.topics.get(event.eventType) ?? '') ?? true) &&
      (correlationId === undefined || isCorrelated(event, links, correlationId)) &&
      (causationId === undefined || links.includes(link.causation(causationId))) &&
      (query?.some(isOfItem) ?? true) &&
      (subjectKeys?.some(kid => links.includes(link.subjectKey(kid))) ?? true)
    )
  }

  /** Never one that was used before: what was deleted is still named by it. */
  #newId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  #stored(position: number): StoredEvent {
    const { event, filled } = this.events[position - 1] as MemoryEvent
    const { sequence, version, stream, eventId: id, leaf, leafHash, body, secrets } = event
    const blind = Buffer.from(event.blind, 'base64url')
    return { position, sequence, version, stream, id, filled, leaf, leafHash, blind, body, secrets }
  }

  #headsUndo({ tenant, stream }: NewEvent): () => void {
    const before = { ...tenant }
    const { version } = stream
    return () => {
      Object.assign(tenant, before)
      stream.version = version
    }
  }

  #replace(position: number, event: MemoryEvent): void {
    const old = this.events[position - 1] as MemoryEvent
    this.events[position - 1] = event
    this.#undo.push(() => {
      this.events[position - 1] = old
    })
  }

  #set<Value>(map: Map<string, Value>, key: string, value: Value): void {
    const had = map.has(key)
    const old = map.get(key) as Value
    map.set(key, value)
    this.#undo.push(() => (had ? map.set(key, old) : map.delete(key)))
  }
}

const join = (tenantId: string, name: string): string => `${tenantId}\n${name}`

/** An event whose correlation id is its own has no link of it. */
function isCorrelated(event: RecordedEvent, links: readonly string[], correlationId: string): boolean {
  if (links.includes(link.correlation(correlationId))) return true
  return event.eventId === correlationId && !links.some(one => one.startsWith(link.correlation('')))
}

function without(event: RecordedEvent, bodyState: Exclude<BodyState, 'present'>): RecordedEvent {
  // What is sealed goes with a removed body and stays beside an archived one.
  const secrets = bodyState === 'removed' ? '' : event.secrets
  return createRecordedEvent({ ...fieldsOf(event), blind: '', body: '', bodyState, secrets })
}

function fieldsOf(event: RecordedEvent): RecordedFields {
  const { position, sequence, tenantId, stream, version, eventType, leaf, leafHash } = event
  const { blind, body, bodyState, secrets } = event
  const place = { position, sequence, tenantId, stream, version, eventType }
  return { ...place, leaf, leafHash, blind, body, bodyState, secrets }
}
