import type { Envelope } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { LeafKind } from '../../proof/index.ts'
import type { BodyState, RecordedEvent } from '../types.ts'
import { countHidden } from './count-hidden.ts'

export interface RecordedFields {
  readonly position: number
  readonly sequence: number
  readonly tenantId: string
  readonly stream: string
  readonly version: number
  readonly eventType: string
  readonly leaf: string
  readonly leafHash: string
  readonly blind: string
  readonly body: string
  readonly bodyState: BodyState
  /** Sealed disclosures as they stand; empty where there are none. */
  readonly secrets: string
}

const noDisclosures: readonly string[] = Object.freeze([])

/** What a leaf's text says, cut out by its fixed form: a tenth of the cost of parsing it. */
const leafForm =
  /^\{"body":"([\w-]{43})","id":"([^"]+)","kind":"([\w.]+)","n":(\d+),"prev":"([\w-]{43})","t":"([^"]+)","v":1\}$/

/** A stored event; the envelope is parsed when first asked for. */
export function createRecordedEvent(fields: RecordedFields): RecordedEvent {
  return new StoredEvent(fields)
}

class StoredEvent implements RecordedEvent {
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
  readonly blind: string
  readonly body: string
  readonly bodyState: BodyState
  readonly kind: LeafKind
  readonly secrets: string
  readonly disclosures = noDisclosures
  #hidden = -1
  #envelope: Envelope | undefined

  constructor(fields: RecordedFields) {
    const parts = leafForm.exec(fields.leaf)
    this.eventId = parts?.[2] ?? ''
    this.kind = (parts?.[3] ?? 'event') as LeafKind
    this.previousHash = parts?.[5] ?? ''
    this.recordedAt = parts?.[6] ?? ''
    this.position = fields.position
    this.sequence = fields.sequence
    this.tenantId = fields.tenantId
    this.stream = fields.stream
    this.version = fields.version
    this.eventType = fields.eventType
    this.leaf = fields.leaf
    this.leafHash = fields.leafHash
    this.blind = fields.blind
    this.body = fields.body
    this.bodyState = fields.bodyState
    this.secrets = fields.secrets
  }

  get envelope(): Envelope {
    this.#envelope ??= JSON.parse(this.#presentBody()) as Envelope
    return this.#envelope
  }

  /** Counted when first asked for. */
  get hidden(): number {
    if (this.#hidden < 0) this.#hidden = countHidden(this.body)
    return this.#hidden
  }

  #presentBody(): string {
    if (this.bodyState === 'present') return this.body
    const details = { eventId: this.eventId, position: this.position }
    if (this.bodyState === 'archived') {
      const message = `The content of event ${this.eventId} is in the archive: open the store with it`
      throw new KeelsonError('event_archived', message, details)
    }
    throw new KeelsonError('event_removed', `The content of event ${this.eventId} was removed`, details)
  }
}
