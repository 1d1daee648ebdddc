import type { EnvelopeInput, JsonObject, JsonValue } from 'keelson'
import { canonicalJson } from 'keelson'
import type { Delivery } from './github/delivery.ts'
import { readDelivery } from './github/delivery.ts'
import { exampleDeliveries } from './github/examples.ts'
import { outcomeOf } from './github/outcome.ts'
import { resourceOf } from './github/resource.ts'
import { summaryOf } from './github/summary.ts'
import { timeOf } from './github/time.ts'
import type { Importer, RecordOrigin } from './port.ts'
import { digestId, prefixedId } from './record/digest.ts'
import { objectAt, textAt } from './record/member.ts'
import type { ActorFacts } from './record/to-audit-event.ts'
import { toAuditEvent } from './record/to-audit-event.ts'

/**
 * GitHub webhook deliveries. The event id is `gh-<delivery GUID>`, or without one `gh-` and a digest of the event's
 * name and payload. The time is that of the delivery, or the most telling one in the payload.
 */
export const github: Importer = {
  format: 'github',
  title: 'GitHub webhook deliveries, captured or from the REST API',
  framing: {},
  expand: exampleDeliveries,
  map: mapDelivery,
}

function mapDelivery(record: JsonValue, origin: RecordOrigin): EnvelopeInput<JsonObject> {
  const delivery = readDelivery(record)
  const { event, payload, guid } = delivery
  const action = textAt(payload, 'action')
  const actor = actorOf(payload)
  const resource = resourceOf(event, payload)
  return toAuditEvent({
    eventId: guid === undefined ? contentId(delivery) : prefixedId('gh-', guid),
    source: origin.source ?? 'github',
    time: delivery.time ?? timeOf(event, payload),
    recordId: guid,
    account: textAt(payload, 'organization', 'login') ?? textAt(payload, 'repository', 'owner', 'login'),
    actor,
    action: action === undefined ? event : `${event}.${action}`,
    resource,
    ...outcomeOf(event, payload),
    summary: summaryOf(event, payload, actor.name ?? actor.id, resource),
    record: payload,
  })
}

const contentId = ({ event, payload }: Delivery): string =>
  digestId('gh-', `${event}\n${canonicalJson(payload)}`)

/** Who did it: the sender; an app acts as a service. Advisories come from GitHub itself. */
function actorOf(payload: JsonObject): ActorFacts {
  const sender = objectAt(payload, 'sender')
  const name = textAt(sender, 'login') ?? textAt(payload, 'pusher', 'name')
  const id = textAt(sender, 'id') ?? name
  if (id === undefined) return { type: 'system', id: 'github', name: 'GitHub' }
  const isApp = textAt(sender, 'type') === 'Bot' || name?.endsWith('[bot]') === true
  const isPusher = name !== undefined && textAt(payload, 'pusher', 'name') === name
  const email = isPusher ? textAt(payload, 'pusher', 'email') : undefined
  return { type: isApp ? 'service' : 'user', id, name, email }
}
