import { canonicalJson, KeelsonError } from '../../../core/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import { trimChanges } from '../../../store/index.ts'
import { exportsOfEntry } from '../copies/out-of-reach.ts'
import { openRest } from '../erasure/open-rest.ts'
import { holdsOnEvents } from '../hold/covering.ts'
import type { CopyRequest } from '../port.ts'
import { lease } from '../procedure/backoff.ts'
import type { Procedure } from '../procedure/procedure.ts'
import type { RemovalContext } from '../removal-context.ts'
import type { Redaction } from './redaction.ts'
import { baseOf, draftRedaction, redactionCollection, redactionRecord } from './redaction.ts'
import { whyVain } from './why-vain.ts'

/** How a redaction goes: in one unit of work the body is replaced and a leaf says so. */
export function redactionProcedure(context: RemovalContext): Procedure<Redaction> {
  const { store, archive, clock } = context
  const presentEvent = async (tenantId: string, eventId: string): Promise<RecordedEvent | undefined> => {
    const event = await store.readEvent(tenantId, eventId)
    return event?.bodyState === 'present' ? event : undefined
  }
  return {
    collection: redactionCollection,
    kind: 'redaction',
    async renew({ tenantId, value }, approvers) {
      const event = await presentEvent(tenantId, value.eventId)
      const draft = event && redraft(context, event, value)
      if (draft === undefined) return undefined
      return { ...value, draft, approvers, record: canonicalJson(redactionRecord(draft, approvers)) }
    },
    async holds({ tenantId, value }) {
      const event = await store.readEvent(tenantId, value.eventId)
      const covering = await holdsOnEvents(context, tenantId)
      return event === undefined ? [] : covering(event).map(({ id }) => id)
    },
    copyRequest: async ({ tenantId, value }) => redactionCopies(context, tenantId, value),
    hasGrown: () => false,
    destroy: async () => undefined,
    async conclude({ tenantId, value }) {
      const { draft, position, eventId } = value
      const event = await presentEvent(tenantId, eventId)
      // Scavenged or archived since.
      if (draft === undefined || event === undefined || baseOf(event.body) !== draft.base) return undefined
      const { body, blind } = draft
      const record = redactionRecord(draft, value.approvals.length > 0 ? value.approvers : [])
      if (archive === undefined)
        return { record, part: { redactions: [{ tenantId, position, body, blind }] } }
      // What is archived comes back into the database without its places, and the segment goes without all of it.
      const redactions = [{ tenantId, position, body, blind, before: event.body }]
      const documents = await trimChanges(store, tenantId, [event], clock.now() + lease)
      return { record, part: { redactions, documents } }
    },
    // The content was archived since, and is in the database no longer.
    isVain: error => error instanceof KeelsonError && error.code === 'append_invalid',
    whyVain: (file, failure) => whyVain(store, file, failure !== undefined),
    sweep: async () => 0,
    async outOfReach({ tenantId, value }) {
      const event = await store.readEvent(tenantId, value.eventId)
      return event === undefined ? [] : exportsOfEntry(store, tenantId, event.sequence)
    },
    settle({ draft: _, ...value }) {
      return value
    },
  }
}

/** The draft that there is, or a new one where the body has changed; undefined where there is nothing at its places. */
function redraft(
  { random }: RemovalContext,
  event: RecordedEvent,
  { draft, paths, reason }: Redaction,
): Redaction['draft'] {
  if (draft?.base === baseOf(event.body)) return draft
  try {
    return draftRedaction(event, paths, { reason, random })
  } catch (error) {
    if (error instanceof KeelsonError && error.code === 'request_invalid') return undefined
    throw error
  }
}

function redactionCopies(
  { store, ring }: RemovalContext,
  tenantId: string,
  { eventId, position, draft }: Redaction,
): CopyRequest {
  const find = () => store.readEvent(tenantId, eventId)
  return {
    tenantId,
    reason: 'redaction',
    subject: undefined,
    kids: [],
    async *events() {
      const event = await find()
      if (event !== undefined) yield [event]
    },
    async *positions() {
      yield [position]
    },
    concernsStream: async stream => (await find())?.stream === stream,
    async contentOf(asked) {
      const event = asked === eventId ? await find() : undefined
      if (event === undefined) return undefined
      if (event.body === '') return {}
      return { envelope: await openRest(ring, { ...secretsOf(event), body: draft?.body ?? event.body }) }
    },
  }
}

/** Members of an event are accessors in some stores, which a spread would pass over. */
const secretsOf = ({ tenantId, sequence, secrets }: RecordedEvent) => ({ tenantId, sequence, secrets })
