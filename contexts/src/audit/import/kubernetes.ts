import type { EnvelopeInput, JsonObject, JsonValue } from 'keelson'
import { isJsonObject } from 'keelson'
import type { Importer, RecordOrigin } from './port.ts'
import { prefixedId } from './record/digest.ts'
import { listAt, objectAt, textAt, unmappable, valueAt } from './record/member.ts'
import type { ActorFacts, AuditFacts, ResourceFacts } from './record/to-audit-event.ts'
import { toAuditEvent } from './record/to-audit-event.ts'

/**
 * Audit events of the Kubernetes API server (audit.k8s.io/v1): its log, one event a line, or the lists of its
 * webhook. A request has an event for each stage, all with one auditID, hence the id `k8s-<auditID>-<stage>`.
 * Source: «kube-apiserver Audit Configuration (v1)».
 */
export const kubernetes: Importer = {
  format: 'kubernetes',
  title: 'Kubernetes API server audit log',
  framing: { arrayMember: 'items' },
  expand: record => (textAt(record, 'kind') === 'EventList' ? listAt(record, 'items') : undefined),
  map: mapEvent,
}

function mapEvent(event: JsonValue, origin: RecordOrigin): EnvelopeInput<JsonObject> {
  if (!isJsonObject(event)) throw unmappable('A Kubernetes audit event is a JSON object')
  const auditId = need(event, 'auditID')
  const stage = need(event, 'stage')
  const verb = need(event, 'verb')
  const actor = actorOf(event)
  const resource = resourceOf(event)
  const kind = kindOf(event)
  const { outcome, reason } = outcomeOf(event)
  const ending = outcome === 'success' ? '' : ` (${outcome})`
  return toAuditEvent({
    eventId: prefixedId('k8s-', `${auditId}-${stage}`),
    source: origin.source ?? 'kubernetes',
    time: textAt(event, 'stageTimestamp') ?? textAt(event, 'requestReceivedTimestamp'),
    recordId: auditId,
    actor,
    action: kind === undefined ? `http.${verb}` : `${kind}.${verb}`,
    resource,
    outcome,
    reason,
    origin: { address: textAt(listAt(event, 'sourceIPs')[0]), userAgent: textAt(event, 'userAgent') },
    summary: `${actor.name ?? actor.id}: ${verb} ${kind ?? 'path'} ${resource.id}${ending}`,
    record: event,
  })
}

function need(event: JsonObject, name: string): string {
  const text = textAt(event, name)
  if (text === undefined) throw unmappable(`The Kubernetes audit event has no ${name}`, `/${name}`)
  return text
}

/** `pods`, `pods/exec`; undefined for requests to other paths, such as /healthz. */
function kindOf(event: JsonObject): string | undefined {
  const resource = textAt(event, 'objectRef', 'resource')
  const part = textAt(event, 'objectRef', 'subresource')
  return part === undefined || resource === undefined ? resource : `${resource}/${part}`
}

function resourceOf(event: JsonObject): ResourceFacts {
  const reference = objectAt(event, 'objectRef')
  const resource = textAt(reference, 'resource')
  if (resource === undefined)
    return { type: 'path', id: (textAt(event, 'requestURI') ?? '/').replace(/\?.*$/, '') }
  const group = textAt(reference, 'apiGroup')
  // A name that the server makes up stands in the object, where the audit level keeps that.
  const name =
    textAt(reference, 'name') ??
    textAt(event, 'responseObject', 'metadata', 'name') ??
    textAt(event, 'requestObject', 'metadata', 'name') ??
    '*'
  const namespace = textAt(reference, 'namespace')
  return {
    type: group === undefined ? resource : `${resource}.${group}`,
    id: namespace === undefined ? name : `${namespace}/${name}`,
    name: name === '*' ? undefined : name,
  }
}

/** The user who was authenticated; one that it impersonated is whom it acted for. */
function actorOf(event: JsonObject): ActorFacts {
  const id = textAt(event, 'user', 'username')
  if (id === undefined) return { type: 'anonymous', id: 'anonymous' }
  const onBehalfOf = textAt(event, 'impersonatedUser', 'username')
  const account = /^system:serviceaccount:([^:]+):(.+)$/.exec(id)
  if (account) return { type: 'service', id, name: `${account[1]}/${account[2]}`, onBehalfOf }
  const groups = listAt(event, 'user', 'groups')
  if (id === 'system:anonymous' || groups.includes('system:unauthenticated')) {
    return { type: 'anonymous', id, onBehalfOf }
  }
  return { type: id.startsWith('system:') ? 'system' : 'user', id, onBehalfOf }
}

function outcomeOf(event: JsonObject): Pick<AuditFacts, 'outcome' | 'reason'> {
  const code = Number(valueAt(event, 'responseStatus', 'code') ?? 0)
  const decision = valueAt(event, 'annotations', 'authorization.k8s.io/decision')
  const why = textAt(valueAt(event, 'annotations', 'authorization.k8s.io/reason'))
  const told = textAt(event, 'responseStatus', 'message') ?? textAt(event, 'responseStatus', 'reason')
  if (code === 401 || code === 403 || decision === 'forbid') return { outcome: 'denied', reason: told ?? why }
  if (code >= 400 || event['stage'] === 'Panic')
    return { outcome: 'failure', reason: told ?? 'The server failed' }
  // Before the response starts there is no outcome yet.
  return { outcome: code > 0 ? 'success' : 'unknown' }
}
