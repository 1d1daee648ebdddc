import type { JsonObject, JsonValue, RecordedEvent } from 'keelson'
import { isJsonObject } from 'keelson'

/** What a record of a tenant's log says better than its envelope. */
export interface LogRecordView {
  readonly resource: { readonly type: string; readonly id: string }
  readonly summary: string
}

/** What each of them is about, and what it says: numbers, rules, reasons and names of keys, never content. */
const records: Readonly<Record<string, (payload: JsonObject) => LogRecordView>> = {
  LogErasureRecorded: ({ request, basis, targets }) =>
    about('erasure', request, `Subject erased by ${basis}, ${request}: fields of ${entries(targets)}`),
  LogRedactionRecorded: ({ n, paths, reason }) =>
    about('entry', n, `Taken out of entry ${n}: ${list(paths)} (${reason})`),
  LogRetentionRecorded: ({ policy, range }) =>
    about('retention', policy, `Content removed by retention ${policy}, ${span(range)}`),
  LogHoldSet: ({ hold, scope, reason }) => about('hold', hold, `Hold set on ${held(scope)}: ${reason}`),
  LogHoldReleased: ({ hold, reason }) => about('hold', hold, `Hold released: ${reason}`),
  LogPolicyRecorded: ({ policy, version, minimumDays, locked }) =>
    about(
      'retention',
      policy,
      `Retention ${policy}@${version}: ${minimumDays === 1 ? '1 day' : `${minimumDays} days`}${locked === true ? ', locked' : ''}`,
    ),
  LogKeyRecorded: ({ action, role, name }) =>
    about('key', name, `Key of the ${role} ${action === 'revoke' ? 'revoked' : 'registered'}: ${name}`),
  LogCheckpointsRecorded: ({ tenants }) =>
    about('log', 'platform', `Heads of ${tenants === 1 ? '1 log' : `${tenants} logs`} recorded`),
}

const about = (type: string, id: JsonValue | undefined, summary: string): LogRecordView => ({
  resource: { type, id: String(id) },
  summary,
})

function entries(targets: JsonValue | undefined): string {
  const count = isJsonObject(targets) ? targets['count'] : 0
  return count === 1 ? '1 entry' : `${count} entries`
}

const list = (paths: JsonValue | undefined): string => (Array.isArray(paths) ? paths.join(', ') : 'members')

/** From the first index up to the second, which is not part of it. */
function span(range: JsonValue | undefined): string {
  const [from, to] = Array.isArray(range) ? range.map(Number) : []
  if (from === undefined || to === undefined) return 'no entries'
  return to - from === 1 ? `entry ${from}` : `entries ${from} to ${to - 1}`
}

function held(scope: JsonValue | undefined): string {
  if (!isJsonObject(scope)) return 'nothing'
  if (typeof scope['stream'] === 'string') return `the stream ${scope['stream']}`
  return scope['all'] === true ? 'everything' : 'a subject'
}

/** A record of a tenant's log as the audit trail shows it. Other events have none. */
export function logRecordView({ eventType }: RecordedEvent, payload: JsonObject): LogRecordView | undefined {
  return Object.hasOwn(records, eventType) ? records[eventType]?.(payload) : undefined
}
