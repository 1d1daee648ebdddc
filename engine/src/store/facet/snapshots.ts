import type { Envelope, JsonObject, JsonValue } from '../../core/index.ts'
import { canonicalJson, isJsonObject, KeelsonError } from '../../core/index.ts'
import type { EventStore } from '../port.ts'
import type { UnitPart } from './compose-unit.ts'
import { composeUnit } from './compose-unit.ts'

/** Snapshots are documents of this collection, named `<schema>:<stream>`. */
export const snapshotCollection = 'snapshot'

const maxIdLength = 1024
/** Characters of JSON: half of what a document takes, so that a snapshot never is why a unit is refused. */
const maxStateLength = 4 * 1024 * 1024
const schemaPattern = /^[A-Za-z0-9._@-]{1,100}$/

export interface SnapshotOptions {
  /** Name and version of the state's shape, such as `Order@2`: snapshots of any other are not seen. */
  readonly schema: string
  /** Events after which `takeEvery` takes a new snapshot; default 100. */
  readonly every?: number
}

/** A stream's state, and where in the stream it stands. */
export interface Rebuilt<State> {
  readonly tenantId: string
  readonly stream: string
  readonly state: State
  /** Version of the stream, 0 without events: what the next append expects. */
  readonly version: number
  /** The event that has this version. */
  readonly eventId: string | undefined
  /** Version of the newest snapshot, 0 where there is none. */
  readonly snapshotVersion: number
}

export type Evolve<State> = (state: State, event: Envelope) => State

export interface Snapshots {
  /**
   * The newest snapshot and the events after it; from the first event on where there is no snapshot of this schema,
   * or none that belongs to this log. Events whose bodies were removed are passed over.
   */
  load<State>(
    tenantId: string,
    stream: string,
    initial: State,
    evolve: Evolve<State>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Rebuilt<State>>
  /** The state after events that are about to be appended, to be snapshotted in the same unit of work. */
  advance<State>(rebuilt: Rebuilt<State>, events: readonly Envelope[], evolve: Evolve<State>): Rebuilt<State>
  /** For a unit of work: the snapshot where one is due by now, else nothing. */
  takeEvery(rebuilt: Rebuilt<unknown>): UnitPart
  /** For a unit of work: the snapshot, whether it is due or not. */
  take(rebuilt: Rebuilt<unknown>): UnitPart
  /** Takes the snapshot in a unit of its own. */
  save(rebuilt: Rebuilt<unknown>): Promise<void>
}

/**
 * Keeps states of streams so that they need not be rebuilt from the first event. A snapshot names the event that it
 * stands at and counts only where the stream has that event at that version, so it is never ahead of the log.
 * A state of more than 4 MiB is not kept. States are JSON, and a copy of what events say: who removes events' bodies
 * removes the stream's snapshots too.
 *
 * @throws KeelsonError `append_invalid` where the schema's name is none.
 */
export function createSnapshots(store: EventStore, { schema, every = 100 }: SnapshotOptions): Snapshots {
  if (!schemaPattern.test(schema))
    throw new KeelsonError('append_invalid', 'The schema of a snapshot is 1 to 100 of A-Z a-z 0-9 . _ @ -')
  if (!Number.isInteger(every) || every < 1)
    throw new KeelsonError('append_invalid', `A snapshot cannot be taken every ${every} events`)
  const take = (rebuilt: Rebuilt<unknown>): UnitPart => {
    const id = snapshotId(schema, rebuilt.stream)
    const { tenantId, version, eventId, state } = rebuilt
    if (eventId === undefined || id.length > maxIdLength) return {}
    if (canonicalJson(state).length > maxStateLength) return {}
    const value: JsonObject = { version, eventId, state: state as JsonValue }
    return { documents: [{ tenantId, collection: snapshotCollection, id, value }] }
  }
  return {
    load: (tenantId, stream, initial, evolve, { signal } = {}) =>
      load(store, schema, { tenantId, stream, initial, evolve, signal }),
    advance: (rebuilt, events, evolve) => ({
      ...rebuilt,
      state: events.reduce(evolve, rebuilt.state),
      version: rebuilt.version + events.length,
      eventId: events.at(-1)?.eventId ?? rebuilt.eventId,
    }),
    takeEvery: rebuilt => (rebuilt.version - rebuilt.snapshotVersion >= every ? take(rebuilt) : {}),
    take,
    async save(rebuilt) {
      await store.commit(composeUnit({ tenantId: rebuilt.tenantId }, take(rebuilt)))
    },
  }
}

interface Load<State> {
  readonly tenantId: string
  readonly stream: string
  readonly initial: State
  readonly evolve: Evolve<State>
  readonly signal: AbortSignal | undefined
}

interface Snapshot {
  readonly version: number
  readonly eventId: string
  readonly state: JsonValue
}

async function load<State>(store: EventStore, schema: string, asked: Load<State>): Promise<Rebuilt<State>> {
  const snapshot = await find(store, asked.tenantId, snapshotId(schema, asked.stream))
  const known = snapshot && (await replay(store, asked, snapshot))
  return known ?? ((await replay(store, asked, undefined)) as Rebuilt<State>)
}

/** Evolves the state over the stream; undefined where the snapshot's event is not in it. */
async function replay<State>(
  store: EventStore,
  { tenantId, stream, initial, evolve, signal }: Load<State>,
  snapshot: Snapshot | undefined,
): Promise<Rebuilt<State> | undefined> {
  let state = snapshot ? (snapshot.state as State) : initial
  let version = 0
  let eventId: string | undefined
  const snapshotVersion = snapshot?.version ?? 0
  // Begins with the event that the snapshot stands at, to see that it is there.
  const options = {
    after: Math.max(0, snapshotVersion - 1),
    removed: 'include',
    ...(signal && { signal }),
  } as const
  try {
    for await (const event of store.readStream(tenantId, stream, options)) {
      if (event.version === snapshotVersion) {
        if (event.eventId !== snapshot?.eventId) return undefined
      } else if (event.bodyState !== 'removed') {
        state = evolve(state, event.envelope)
      }
      ;({ version, eventId } = event)
    }
  } catch (error) {
    if (snapshot && error instanceof KeelsonError && error.code === 'position_unknown') return undefined
    throw error
  }
  if (version < snapshotVersion) return undefined
  return { tenantId, stream, state, version, eventId, snapshotVersion }
}

async function find(store: EventStore, tenantId: string, id: string): Promise<Snapshot | undefined> {
  if (id.length > maxIdLength) return undefined
  const value = (await store.document(tenantId, snapshotCollection, id))?.value
  if (value === undefined || !isJsonObject(value)) return undefined
  const { version, eventId, state } = value
  if (typeof version !== 'number' || typeof eventId !== 'string' || state === undefined) return undefined
  return { version, eventId, state }
}

function snapshotId(schema: string, stream: string): string {
  return `${schema}:${stream}`
}
