import type { Envelope, JsonObject } from '../../core/index.ts'
import { disclosureAad, openBody, openDisclosures } from '../../proof/index.ts'
import type { RecordedEvent } from '../../store/index.ts'
import type { KeyRing } from '../keys/index.ts'

/** Ids of the keys that sealed something in the event. */
export const kidsOf = ({ secrets }: RecordedEvent): string[] =>
  secrets === '' ? [] : secrets.split(' ').map(text => text.slice(0, text.indexOf(':')))

/** Whether there is something to open: where the body is in an archive its secrets alone say nothing. */
export const isSealed = ({ secrets, bodyState }: RecordedEvent): boolean =>
  secrets !== '' && bodyState === 'present'

/** The events with what their keys open; those without secrets are given as they are. */
export async function openEvents(
  events: readonly RecordedEvent[],
  ring: KeyRing,
): Promise<readonly RecordedEvent[]> {
  if (!events.some(isSealed)) return events
  const wanted = new Map<string, Set<string>>()
  for (const event of events) {
    if (!isSealed(event)) continue
    const kids = wanted.get(event.tenantId) ?? new Set()
    for (const kid of kidsOf(event)) kids.add(kid)
    wanted.set(event.tenantId, kids)
  }
  const keys = new Map<string, ReadonlyMap<string, Uint8Array>>()
  for (const [tenantId, kids] of wanted) keys.set(tenantId, await ring.keysOf(tenantId, [...kids]))
  return events.map(event => {
    const ofTenant = keys.get(event.tenantId)
    return !isSealed(event) || !ofTenant ? event : openEvent(event, ofTenant)
  })
}

/** @throws KeelsonError `sealed_damaged` where a key that is there does not open what it sealed. */
function openEvent(event: RecordedEvent, keys: ReadonlyMap<string, Uint8Array>): RecordedEvent {
  // What was opened before stays as it is, as long as no key of it is gone.
  if (event instanceof OpenedEvent && event.kids.every(kid => keys.has(kid))) return event
  const disclosures: string[] = []
  const kids: string[] = []
  for (const text of event.secrets.split(' ')) {
    const colon = text.indexOf(':')
    const kid = text.slice(0, colon)
    const key = keys.get(kid)
    // Without its key it is erased, or about to be.
    if (!key) continue
    kids.push(kid)
    const sealed = Buffer.from(text.slice(colon + 1), 'base64url')
    disclosures.push(...openDisclosures(key, disclosureAad(event.tenantId, event.sequence, kid), sealed))
  }
  return new OpenedEvent(event, kids, disclosures)
}

/** An event whose envelope has the disclosed members in their places. */
class OpenedEvent implements RecordedEvent {
  readonly eventId: string
  readonly position: number
  readonly sequence: number
  readonly tenantId: string
  readonly stream: string
  readonly version: number
  readonly eventType: string
  readonly recordedAt: string
  readonly leaf: string
  readonly leafHash: string
  readonly previousHash: string
  readonly kind: RecordedEvent['kind']
  readonly blind: string
  readonly body: string
  readonly secrets: string
  readonly bodyState: RecordedEvent['bodyState']
  /** Of the keys that have opened something. */
  readonly kids: readonly string[]
  readonly disclosures: readonly string[]
  #opened: { readonly envelope: Envelope; readonly hidden: number } | undefined

  constructor(event: RecordedEvent, kids: readonly string[], disclosures: readonly string[]) {
    this.eventId = event.eventId
    this.position = event.position
    this.sequence = event.sequence
    this.tenantId = event.tenantId
    this.stream = event.stream
    this.version = event.version
    this.eventType = event.eventType
    this.recordedAt = event.recordedAt
    this.leaf = event.leaf
    this.leafHash = event.leafHash
    this.previousHash = event.previousHash
    this.kind = event.kind
    this.blind = event.blind
    this.body = event.body
    this.secrets = event.secrets
    this.bodyState = event.bodyState
    this.kids = kids
    this.disclosures = disclosures
  }

  get envelope(): Envelope {
    return this.#open().envelope
  }

  get hidden(): number {
    return this.#open().hidden
  }

  #open(): { readonly envelope: Envelope; readonly hidden: number } {
    if (this.#opened) return this.#opened
    const { envelope, hidden } = openBody(JSON.parse(this.body) as JsonObject, this.disclosures)
    this.#opened = { envelope: envelope as unknown as Envelope, hidden }
    return this.#opened
  }
}
