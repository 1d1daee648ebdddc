import type { EventMetadata, JsonValue, RecordedEvent } from 'keelson'
import { isJsonObject } from 'keelson'
import type { AuditEventPayload } from './event/audit-event-received.ts'
import { AuditEventReceived } from './event/audit-event-received.ts'
import { logRecordView } from './log-record-view.ts'
import { registryView } from './registry-view.ts'

export type Outcome = AuditEventPayload['outcome']

/** An event as the audit trail shows it: who did what to which resource, with what outcome. */
export interface AuditView {
  readonly actor: { readonly type: string; readonly id: string; readonly name?: string } | null
  readonly action: string
  readonly resource: { readonly type: string; readonly id: string; readonly name?: string } | null
  readonly outcome: Outcome
  readonly address: string | null
  readonly summary: string
}

/**
 * The audit view of any event. An audit event says it itself; of another, the envelope does: its user or source
 * acted, its type is the action, its aggregate the resource.
 */
export function toAuditView(event: RecordedEvent): AuditView {
  return event.eventType === AuditEventReceived.type ? ofAuditEvent(event) : ofOtherEvent(event)
}

/** Stands for what was taken out of an event. */
const redacted = 'redacted'

/** Members that the schema asks for can be redacted later. */
function ofAuditEvent(event: RecordedEvent): AuditView {
  const payload = event.envelope.payload as unknown as Redacted<AuditEventPayload>
  const { action = redacted, outcome = 'unknown', origin } = payload
  const hidden = payload.actor !== undefined && '_sd' in payload.actor ? 'hidden' : redacted
  const actor = { type: redacted, id: hidden, ...payload.actor }
  const unknown = payload.resource !== undefined && '_sd' in payload.resource ? 'hidden' : redacted
  const resource = { type: redacted, id: unknown, ...payload.resource }
  const who = actor.name ?? actor.id
  const what = resource.name ?? resource.id
  return {
    actor: { type: actor.type, id: actor.id, ...(actor.name === undefined ? {} : { name: actor.name }) },
    action,
    resource: {
      type: resource.type,
      id: resource.id,
      ...(resource.name === undefined ? {} : { name: resource.name }),
    },
    outcome,
    // Who records an event for another says where it came from; else it is where it was recorded from.
    address: origin?.address ?? event.envelope.metadata?.ip ?? null,
    summary: payload.summary ?? `${who} · ${action} · ${what}`,
  }
}

type Redacted<Payload> = { readonly [Name in keyof Payload]?: Partial<Payload[Name]> }

function ofOtherEvent(event: RecordedEvent): AuditView {
  const { metadata, source, aggregateType, aggregateId } = event.envelope
  const { payload } = event.envelope
  return {
    actor: actorOf(metadata, source),
    action: event.eventType,
    resource: aggregateId === undefined ? null : { type: aggregateType ?? event.eventType, id: aggregateId },
    outcome: outcomeOf(payload),
    address: metadata?.ip ?? null,
    summary:
      refusal(payload) ?? `${words(event.eventType)}${aggregateId === undefined ? '' : `: ${aggregateId}`}`,
    ...(isJsonObject(payload) && (registryView(event, payload) ?? logRecordView(event, payload))),
  }
}

/** Who acted; of a user whose name is masked or was erased that there was one. */
function actorOf(metadata: EventMetadata | undefined, source: string): AuditView['actor'] {
  if (metadata?.user !== undefined) return { type: 'user', id: metadata.user }
  return metadata?.['_sd'] === undefined ? { type: 'service', id: source } : { type: 'user', id: 'hidden' }
}

/** What a fact about a decision says; every other event is a fact that came about. */
function outcomeOf(payload: JsonValue): Outcome {
  if (!isJsonObject(payload)) return 'success'
  if (payload['decision'] === 'Deny') return 'denied'
  if (payload['decision'] === 'RequiresApproval') return 'unknown'
  return Array.isArray(payload['validationErrors']) ? 'failure' : 'success'
}

/** What a refused record of an import is about: where it stood, and what was wrong with it. */
function refusal(payload: JsonValue): string | undefined {
  if (!isJsonObject(payload) || !Array.isArray(payload['validationErrors'])) return undefined
  const reason = reasonOf(payload['validationErrors'][0])
  const line = typeof payload['line'] === 'number' ? `line ${payload['line']} of ` : ''
  return `Refused ${line}${String(payload['source'])}: ${reason}`
}

/** `SubscriptionActivated` → `Subscription activated`. */
function words(type: string): string {
  const spaced = type.replace(/([a-z0-9])([A-Z])/g, '$1 $2')
  return spaced.charAt(0) + spaced.slice(1).toLowerCase()
}

/** The fault in a sentence: what is said of a member begins with which one it is, or with where it is, if none knows it. */
function reasonOf(fault: JsonValue | undefined): string {
  if (!isJsonObject(fault) || typeof fault['message'] !== 'string') return 'no reason is given'
  const { pointer, message } = fault
  if (typeof pointer !== 'string' || !/^(is|are|has|must|cannot|takes) /.test(message)) return message
  const place = pointer === '' ? 'the record' : pointer
  return message.startsWith('is not a member') ? `a name in ${place} ${message}` : `${place} ${message}`
}
