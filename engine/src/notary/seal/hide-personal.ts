import type { JsonObject } from '../../core/index.ts'
import type { HiddenField } from '../../proof/index.ts'
import { hideFields, personalValues } from '../../proof/index.ts'
import type { LogEvent, Secret, StreamWrite } from '../../store/index.ts'
import type { KeyRing } from '../keys/index.ts'

interface PersonalEvent {
  readonly event: LogEvent
  readonly values: ReturnType<typeof personalValues>
  /** UTC month of `occurredAt`, such as 2026-11: part of the event, so that a repeat finds the same keys. */
  readonly month: string
}

/** The writes with every personal field hidden under its subject's key; the very same where there is none. */
export async function hidePersonal(
  tenantId: string,
  writes: readonly StreamWrite[],
  ring: KeyRing,
): Promise<readonly StreamWrite[]> {
  const found = new Map<LogEvent, PersonalEvent>()
  for (const { events } of writes)
    if (Array.isArray(events)) for (const event of events) addPersonal(found, event)
  if (found.size === 0) return writes
  const keys = await keysFor(tenantId, [...found.values()], ring)
  return writes.map(write => ({
    ...write,
    events: write.events.map(event => {
      const personal = found.get(event)
      return personal ? hidden(personal, keys) : event
    }),
  }))
}

function addPersonal(found: Map<LogEvent, PersonalEvent>, event: LogEvent): void {
  // What is no event is refused by the store, in its own words.
  const { envelope, personal, secrets } = event ?? {}
  if (typeof envelope?.occurredAt !== 'string' || secrets !== undefined) return
  if (!personal?.length && envelope.metadata === undefined) return
  const values = personalValues(envelope as unknown as JsonObject, personal ?? [])
  if (values.length > 0) found.set(event, { event, values, month: monthOf(envelope.occurredAt) })
}

/** UTC, whatever zone the time is written in. */
const monthOf = (time: string): string =>
  (time.endsWith('Z') ? time : new Date(time).toISOString()).slice(0, 'YYYY-MM'.length)

type KeyOf = (subject: string, month: string) => { readonly kid: string; readonly key: Uint8Array }

async function keysFor(tenantId: string, events: readonly PersonalEvent[], ring: KeyRing): Promise<KeyOf> {
  const wanted = new Map<string, { subject: string; month: string }>()
  for (const { values, month } of events)
    for (const { subject } of values) wanted.set(`${month} ${subject}`, { subject, month })
  const keys = await ring.dataKeys(tenantId, [...wanted.values()])
  const byName = new Map([...wanted.keys()].map((name, at) => [name, keys[at]]))
  return (subject, month) => byName.get(`${month} ${subject}`) as ReturnType<KeyOf>
}

function hidden({ event, values, month }: PersonalEvent, keyOf: KeyOf): LogEvent {
  const { envelope } = event
  const keys = new Map<string, Uint8Array>()
  const fields = values.map(({ pointer, subject }): HiddenField => {
    const { kid, key } = keyOf(subject, month)
    keys.set(kid, key)
    return { pointer, kid, key }
  })
  const { body, disclosures } = hideFields(envelope as unknown as JsonObject, fields, envelope.eventId)
  const secrets = [...disclosures].map(
    ([kid, texts]): Secret => ({ kid, key: keys.get(kid) as Uint8Array, disclosures: texts }),
  )
  return { ...event, envelope: body as unknown as LogEvent['envelope'], secrets }
}
