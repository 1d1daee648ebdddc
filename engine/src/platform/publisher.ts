import type { PublishOptions } from '../bus/index.ts'
import { withDelivery, withHops } from '../bus/index.ts'
import type { Catalog } from '../catalog/index.ts'
import type { Clock, CompleteEvent, IdSource, JsonValue } from '../core/index.ts'
import {
  completeEvent,
  fromBaseEvent,
  fromCloudEvent,
  isBaseEvent,
  isCloudEvent,
  KeelsonError,
  toKeelsonError,
} from '../core/index.ts'
import type { EventStore, Receipt, StreamWrite } from '../store/index.ts'
import type { Admission } from './admission.ts'
import type { DualPublisher } from './dual-publishing.ts'
import type { PublishResult } from './publish-result.ts'
import { refuseReservedStream } from './registry-log.ts'
import { streamName } from './stream-name.ts'

export interface PublisherTools {
  readonly store: EventStore
  readonly admission: Admission
  readonly dual: DualPublisher
  readonly ids: IdSource
  readonly clock: Clock
  /** Source of events that name none. */
  readonly source: string
  readonly maxHops: number
}

/** Completes, checks and stores events. */
export class Publisher {
  readonly #tools: PublisherTools

  constructor(tools: PublisherTools) {
    this.#tools = tools
  }

  async publish(tenantId: string, input: JsonValue, options: PublishOptions = {}): Promise<Receipt> {
    const { store, admission, dual, clock, maxHops } = this.#tools
    const given = withHops(withDelivery(toEnvelope(input), options, clock.now()), maxHops)
    const event = await admission.admit(tenantId, this.#complete(tenantId, given))
    refuseReservedStream(streamName(event.envelope))
    const twin = dual.twin(event, other => admission.admitKnown(tenantId, this.#complete(tenantId, other)))
    const { idempotencyKey, unless } = options
    const [receipt] = await store.append(tenantId, writesOf(event, twin), {
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(unless === undefined ? {} : { unless }),
    })
    return receipt as Receipt
  }

  publishEach(tenantId: string, events: readonly JsonValue[]): Promise<readonly PublishResult[]> {
    return Promise.all(
      events.map(event =>
        this.publish(tenantId, event).then(
          (receipt): PublishResult => ({ ok: true, duplicate: receipt.duplicate, receipt }),
          (error: unknown): PublishResult => ({ ok: false, error: toKeelsonError(error) }),
        ),
      ),
    )
  }

  /** As `Platform.record`. */
  async record(tenantId: string, input: JsonValue, catalog: Catalog): Promise<Receipt> {
    const { envelope, filled } = this.#complete(tenantId, input)
    const entry = catalog.get(envelope.eventType)
    if (!entry) throw new KeelsonError('event_type_unknown')
    entry.validator(envelope.payload)
    const { topic } = entry.definition
    const events = [{ envelope, filled, topic, personal: entry.sealed }]
    const writes: StreamWrite[] = [{ stream: streamName(envelope), expected: 'any', events }]
    const [receipt] = await this.#tools.store.append(tenantId, writes)
    return receipt as Receipt
  }

  #complete(tenantId: string, envelope: JsonValue): CompleteEvent {
    const { ids, clock, source } = this.#tools
    return completeEvent(envelope, { tenantId, ids, now: clock.now(), source })
  }
}

/** Each in the stream of what it is about, and both or neither. */
function writesOf(event: CompleteEvent, twin: CompleteEvent | undefined): readonly StreamWrite[] {
  const stream = streamName(event.envelope)
  if (twin === undefined) return [{ stream, expected: 'any', events: [event] }]
  const other = streamName(twin.envelope)
  if (other === stream) return [{ stream, expected: 'any', events: [event, twin] }]
  return [
    { stream, expected: 'any', events: [event] },
    { stream: other, expected: 'any', events: [twin] },
  ]
}

function toEnvelope(input: JsonValue): JsonValue {
  if (isCloudEvent(input)) return fromCloudEvent(input)
  if (isBaseEvent(input)) return fromBaseEvent(input)
  return input
}
