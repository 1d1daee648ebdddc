import type { Envelope } from '../../../core/index.ts'
import type { LeafKind } from '../../../proof/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import { countHidden } from '../../../store/index.ts'
import type { SubjectParts } from '../stream/subject.ts'
import { fromSubject } from '../stream/subject.ts'
import type { MessageOrigin } from './event-message.ts'
import { header } from './event-message.ts'
import type { RawMessage } from './header-lines.ts'
import { headersOf } from './header-lines.ts'

/** What the leaf says of the event, by its fixed form. */
const leafForm = /"id":"([^"]+)","kind":"([\w.]+)",.*"prev":"([\w-]{43})","t":"([^"]+)","v":1\}$/

/** An event as it came from a stream; its body is decoded when first asked for. */
export class WireEvent implements RecordedEvent {
  readonly tenantId: string
  readonly eventType: string
  readonly position: number
  readonly sequence: number
  readonly stream: string
  readonly version: number
  readonly leafHash: string
  readonly blind: string
  readonly leaf: string
  readonly eventId: string
  readonly previousHash: string
  readonly recordedAt: string
  readonly bodyState = 'present'
  readonly kind: LeafKind
  readonly secrets: string
  readonly disclosures: readonly string[] = []
  readonly #data: Uint8Array
  #body: string | undefined
  #envelope: Envelope | undefined

  constructor(
    data: Uint8Array,
    { tenantId, eventType }: SubjectParts,
    record: readonly string[],
    secrets = '',
  ) {
    this.secrets = secrets
    const [position, sequence, stream = '', version, leafHash = '', blind = '', , , leaf = ''] = record
    const [, eventId = '', kind = 'event', previousHash = '', recordedAt = ''] = leafForm.exec(leaf) ?? []
    this.#data = data
    this.tenantId = tenantId
    this.eventType = eventType
    this.position = Number(position)
    this.sequence = Number(sequence)
    this.stream = decodeURIComponent(stream)
    this.version = Number(version)
    this.leafHash = leafHash
    this.blind = blind
    this.leaf = leaf
    this.eventId = eventId
    this.kind = kind as LeafKind
    this.previousHash = previousHash
    this.recordedAt = recordedAt
  }

  get body(): string {
    this.#body ??= textOf(this.#data)
    return this.#body
  }

  get hidden(): number {
    return countHidden(this.body)
  }

  get envelope(): Envelope {
    this.#envelope ??= JSON.parse(this.body) as Envelope
    return this.#envelope
  }
}

/** Without a copy of the bytes. */
const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('utf8')

const recordParts = 9

export interface ReadMessage {
  readonly event: RecordedEvent
  readonly topic: string | undefined
  readonly run: string
}

/** The event of a message; undefined where somebody else has put it there. */
export function readMessage(root: string, message: RawMessage): ReadMessage | undefined {
  const { subject, data } = message
  const textOfHeader = headersOf(message)
  const record = textOfHeader(header.record).split(' ')
  const parts = record.length === recordParts ? fromSubject(root, subject) : undefined
  return (
    parts && {
      event: new WireEvent(data, parts, record, textOfHeader(header.secrets)),
      topic: parts.topic,
      run: record[7] ?? '',
    }
  )
}

/** Which place of the log a message is about, and where it comes from. */
export interface MessagePlace extends MessageOrigin {
  readonly position: number
}

export function placeOfMessage({ headers }: Pick<RawMessage, 'headers'>): MessagePlace | undefined {
  const record = headers?.get(header.record).split(' ') ?? []
  const position = Number(record[0])
  if (record.length !== recordParts || !Number.isSafeInteger(position)) return undefined
  return { position, sender: record[6] ?? '', run: record[7] ?? '' }
}
