import type { EnvelopeInput, JsonObject, JsonValue } from 'keelson'
import { canonicalJson, isJsonObject, parseJson } from 'keelson'
import { actorOf } from './cloudtrail/actor.ts'
import { resourceOf } from './cloudtrail/resource.ts'
import type { Importer, RecordOrigin } from './port.ts'
import { digestId, prefixedId } from './record/digest.ts'
import { objectAt, textAt, unmappable, valueAt } from './record/member.ts'
import type { AuditFacts } from './record/to-audit-event.ts'
import { toAuditEvent } from './record/to-audit-event.ts'

/**
 * AWS CloudTrail: log files (`Records`), single records, EventBridge events (`detail`), and the output of
 * `aws cloudtrail lookup-events` (`Events`). The event id is `aws-<eventID>`. Source: «CloudTrail record contents».
 */
export const cloudtrail: Importer = {
  format: 'cloudtrail',
  title: 'AWS CloudTrail log files',
  framing: { arrayMember: 'Records' },
  expand(record) {
    const records = valueAt(record, 'Records') ?? valueAt(record, 'Events')
    return Array.isArray(records) && !('eventName' in (record as JsonObject)) ? records : undefined
  },
  map: mapRecord,
}

function mapRecord(input: JsonValue, origin: RecordOrigin): EnvelopeInput<JsonObject> {
  const record = unwrap(input)
  const name = textAt(record, 'eventName')
  const eventSource = textAt(record, 'eventSource')
  if (name === undefined) throw unmappable('The record has no eventName', '/eventName')
  if (eventSource === undefined) throw unmappable('The record has no eventSource', '/eventSource')
  const service = eventSource.replace(/\.amazonaws\.com$/, '')
  const eventId = textAt(record, 'eventID')
  const actor = actorOf(record)
  const resource = resourceOf(record)
  const { outcome, reason } = outcomeOf(record)
  const ending = outcome === 'success' ? '' : `: ${textAt(record, 'errorCode') ?? outcome}`
  return toAuditEvent({
    eventId: eventId === undefined ? digestId('aws-', canonicalJson(record)) : prefixedId('aws-', eventId),
    source: origin.source ?? 'cloudtrail',
    time: textAt(record, 'eventTime'),
    recordId: eventId,
    account: textAt(record, 'recipientAccountId') ?? textAt(record, 'userIdentity', 'accountId'),
    actor,
    action: `${service}.${name}`,
    resource,
    outcome,
    reason,
    origin: {
      // The name of a service where the call came from within AWS.
      address: textAt(record, 'sourceIPAddress'),
      userAgent: textAt(record, 'userAgent'),
      location: textAt(record, 'awsRegion'),
    },
    summary: `${actor.name ?? actor.id} called ${service} ${name} on ${resource.type} ${resource.name ?? resource.id}${ending}`,
    record,
  })
}

function unwrap(input: JsonValue): JsonObject {
  const text = textAt(input, 'CloudTrailEvent')
  const inner = text === undefined ? objectAt(input, 'detail') : parseJson(text)
  const isWrapped = inner !== undefined && textAt(input, 'eventName') === undefined
  const record = isWrapped ? inner : input
  if (!isJsonObject(record)) throw unmappable('A CloudTrail record is a JSON object')
  return record
}

const denied = /AccessDenied|Unauthorized|NotAuthorized|AuthFailure|Forbidden|AuthorizationError/i

function outcomeOf(record: JsonObject): Pick<AuditFacts, 'outcome' | 'reason'> {
  const code = textAt(record, 'errorCode')
  const message = textAt(record, 'errorMessage')
  const reason = code === undefined || message === undefined ? (code ?? message) : `${code}: ${message}`
  if (code !== undefined) return { outcome: denied.test(code) ? 'denied' : 'failure', reason }
  // A sign-in says in its response how it ended, and has at most a message.
  const signIn = textAt(record, 'responseElements', 'ConsoleLogin')
  if (signIn === 'Failure') return { outcome: 'failure', reason }
  return { outcome: 'success', reason }
}
