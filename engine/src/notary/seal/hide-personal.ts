import type { JsonObject, PersonalField } from '../../core/index.ts'
import type { HiddenField, PatternsOf } from '../../proof/index.ts'
import { canonicalSubject, hideFields, personalValues } from '../../proof/index.ts'
import type { EventStore, LogEvent, Secret, StreamWrite } from '../../store/index.ts'
import type { KeyRing, WantedKey } from '../keys/index.ts'
import { kidsOf } from './open-event.ts'

interface PersonalEvent {
  readonly event: LogEvent
  readonly values: ReturnType<typeof personalValues>
  /** UTC month of `occurredAt`, such as 2026-11: part of the event, so that a repeat finds the same keys. */
  readonly month: string
}

const none: readonly PersonalField[] = []

/** What hides personal fields of events that are to be appended to the store. */
export interface Hiding {
  readonly store: Pick<EventStore, 'readEvent'>
  readonly ring: Pick<KeyRing, 'dataKeys' | 'kidsOf'>
  readonly patternsOf: PatternsOf
}

/**
 * The writes with every personal field hidden under its subject's key; the very same where there is none. For a repeat of
 * an event by its id no key is made; one by an idempotency key alone is known to the store below only.
 */
export async function hidePersonal(
  tenantId: string,
  writes: readonly StreamWrite[],
  hiding: Hiding,
): Promise<readonly StreamWrite[]> {
  const found = new Map<LogEvent, PersonalEvent>()
  for (const { events } of writes)
    if (Array.isArray(events)) for (const event of events) addPersonal(found, event, hiding.patternsOf)
  if (found.size === 0) return writes
  for (const [event, one] of found)
    if (one.values.some(({ subject }) => canonicalSubject(subject) !== subject))
      found.set(event, await withKeptSubjects(tenantId, one, hiding))
  const keys = await keysFor(tenantId, [...found.values()], hiding)
  return writes.map(write => ({
    ...write,
    events: write.events.map(event => {
      const personal = found.get(event)
      return personal ? hidden(personal, keys) : event
    }),
  }))
}

function addPersonal(found: Map<LogEvent, PersonalEvent>, event: LogEvent, patternsOf: PatternsOf): void {
  // What is no event is refused by the store, in its own words.
  const { envelope, personal, secrets } = event ?? {}
  if (typeof envelope?.occurredAt !== 'string' || secrets !== undefined) return
  if (!personal?.length && envelope.metadata === undefined) return
  const values = personalValues(envelope as unknown as JsonObject, personal ?? none, patternsOf)
  if (values.length > 0) found.set(event, { event, values, month: monthOf(envelope.occurredAt) })
}

/**
 * Values with the subjects that their keys are kept under: one spelling for all of an address. A repeat of an event that
 * was sealed under a key of the address as it was sent finds that key.
 */
async function withKeptSubjects(
  tenantId: string,
  { event, values, month }: PersonalEvent,
  { store, ring }: Hiding,
): Promise<PersonalEvent> {
  const kept = new Map<string, string>()
  for (const { subject } of values) {
    if (kept.has(subject)) continue
    const canonical = canonicalSubject(subject)
    const earlier = canonical === subject ? [] : await ring.kidsOf(tenantId, subject)
    const stored = earlier.length === 0 ? undefined : await store.readEvent(tenantId, event.envelope.eventId)
    const isEarlier = stored !== undefined && kidsOf(stored).some(kid => earlier.includes(kid))
    kept.set(subject, isEarlier ? subject : canonical)
  }
  return {
    event,
    month,
    values: values.map(value => ({ ...value, subject: kept.get(value.subject) as string })),
  }
}

/** UTC, whatever zone the time is written in. */
const monthOf = (time: string): string =>
  (time.endsWith('Z') ? time : new Date(time).toISOString()).slice(0, 'YYYY-MM'.length)

async function hasNew(
  store: Hiding['store'],
  tenantId: string,
  eventIds: ReadonlySet<string>,
): Promise<boolean> {
  for (const id of eventIds) if ((await store.readEvent(tenantId, id)) === undefined) return true
  return false
}

type KeyOf = (subject: string, month: string) => { readonly kid: string; readonly key: Uint8Array }

async function keysFor(
  tenantId: string,
  events: readonly PersonalEvent[],
  { store, ring }: Hiding,
): Promise<KeyOf> {
  const wanted = new Map<string, WantedKey & { readonly eventIds: Set<string> }>()
  for (const { event, values, month } of events)
    for (const { subject } of values) {
      const name = `${month} ${subject}`
      const known = wanted.get(name)
      if (known) known.eventIds.add(event.envelope.eventId)
      else {
        const eventIds = new Set([event.envelope.eventId])
        wanted.set(name, { subject, month, eventIds, isNew: () => hasNew(store, tenantId, eventIds) })
      }
    }
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
