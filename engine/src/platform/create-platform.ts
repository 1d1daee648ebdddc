import type { SubscriptionOptions } from '../bus/index.ts'
import { ShardedSubscription } from '../bus/index.ts'
import type { Catalog, FrozenSchema, Registry, SchemaCheckers } from '../catalog/index.ts'
import { createCatalog, createRegistry, registryEvents } from '../catalog/index.ts'
import type { Clock, CompleteEvent, EventDefinition, IdSource, JsonValue } from '../core/index.ts'
import {
  completeEvent,
  createIdSource,
  fromBaseEvent,
  fromCloudEvent,
  isBaseEvent,
  isCloudEvent,
  KeelsonError,
  systemClock,
  toKeelsonError,
} from '../core/index.ts'
import { forgetTenant, runProjection } from '../projection/index.ts'
import type {
  AppendOptions,
  EventStore,
  Receipt,
  RecordedEvent,
  ScavengeOptions,
  ScavengeReport,
  StreamWrite,
} from '../store/index.ts'
import { refuseUnfinishedMove } from '../store/index.ts'
import { Admission } from './admission.ts'
import type { ContextDefinition } from './define-context.ts'
import type { DualPublishing } from './dual-publishing.ts'
import { DualPublisher } from './dual-publishing.ts'
import { readAs } from './read-as.ts'
import { createRegistryLog, refuseReservedStream } from './registry-log.ts'
import { scavengeTenant } from './scavenge-tenant.ts'
import { schemaLanguages } from './schema-languages.ts'
import { streamName } from './stream-name.ts'

export interface PlatformOptions {
  readonly store: EventStore
  readonly contexts: readonly ContextDefinition[]
  readonly clock?: Clock
  readonly ids?: IdSource
  /** Source of events that name none; default `keelson`. */
  readonly source?: string
  /** Whether the tenant keeps events of unknown types; by default they are refused. */
  readonly keepsUnknownTypes?: (tenantId: string) => boolean
  /** Schemas as they were published: events of the older versions are checked against their own. */
  readonly frozen?: readonly FrozenSchema[]
  /** Languages in which tenants may register schemas; default JSON Schema alone. */
  readonly schemaLanguages?: Partial<SchemaCheckers>
  /** Pairs of versions that are published side by side for a while. */
  readonly dualPublish?: readonly DualPublishing[]
  readonly onProjectionError?: (projection: string, error: unknown, attempt: number) => void
}

/** Milliseconds that a deletion waits for a projection which has not come as far. */
const deletionWait = 10_000

/** What became of one event among several. */
export type PublishResult =
  | { readonly ok: true; readonly duplicate: boolean; readonly receipt: Receipt }
  | { readonly ok: false; readonly error: KeelsonError }

/** The composition of store, catalogue and read models: what a product embeds and the server serves. */
export interface Platform {
  readonly store: EventStore
  readonly catalog: Catalog
  /** Schemas that tenants register, among them event types of their own, which are published like any other. */
  readonly registry: Registry
  /**
   * Validates an event and stores it durably. Takes the canonical envelope, the bus's form and CloudEvents.
   *
   * @throws KeelsonError with the reason; nothing is stored then.
   */
  publish(tenantId: string, event: JsonValue, options?: AppendOptions): Promise<Receipt>
  /** As `publish` for each event on its own: a result in the same order, never a throw. */
  publishEach(tenantId: string, events: readonly JsonValue[]): Promise<readonly PublishResult[]>
  /**
   * Follows the log from the subscription's checkpoint. With `accepts` the handler gets every event in a version that it
   * names; one that cannot be cast is a failure of its batch.
   */
  subscribe(
    options: SubscriptionOptions & { readonly accepts?: readonly string[] },
  ): Promise<ShardedSubscription>
  /** The running projection of this name. */
  projection(name: string): ShardedSubscription
  /** Deletes the tenant's log, and what the projections have of it. Goes on where an earlier call was cut off. */
  deleteTenant(
    tenantId: string,
    options?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly events: number }>
  /**
   * As the function `scavenge`, and what the projections have of the events goes in the same units of work. Waits for
   * a projection that has not come as far.
   *
   * @throws KeelsonError `projection_behind` where one does not move; it goes on from there another time.
   */
  scavenge(tenantId: string, options?: ScavengeOptions): Promise<ScavengeReport>
  /** Ends subscriptions, then closes the store. May be called twice. */
  close(): Promise<void>
}

/** Starts a platform: builds the catalogue, makes the read models' tables and begins to fill them. */
export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const { store, contexts } = options
  await refuseUnfinishedMove(store)
  const clock = options.clock ?? systemClock
  const ids = options.ids ?? createIdSource(clock)
  const source = options.source ?? 'keelson'
  const catalog = createCatalog(withRegistryEvents(contexts.flatMap(context => context.events)), {
    commands: contexts.flatMap(context => context.commands ?? []),
    topics: contexts.flatMap(context => context.topics ?? []),
    casters: contexts.flatMap(context => context.casters ?? []),
    frozen: options.frozen ?? [],
  })
  const dual = new DualPublisher(options.dualPublish ?? [], catalog, clock)
  const projections = new Map<string, ShardedSubscription>()
  const subscriptions: ShardedSubscription[] = []
  const definitions = contexts.flatMap(context => context.projections ?? [])
  for (const definition of definitions) {
    const onError = (error: unknown, attempt: number) =>
      options.onProjectionError?.(definition.name, error, attempt)
    projections.set(definition.name, await runProjection(store, definition, onError))
  }

  const registry = createRegistry({
    log: createRegistryLog(store, { clock, ids }),
    checkers: schemaLanguages(options.schemaLanguages ?? {}),
    isTaken: name => catalog.get(name) !== undefined,
    builtIn: catalog.entries,
    clock,
  })

  const complete = (tenantId: string, input: JsonValue): CompleteEvent =>
    completeEvent(toEnvelope(input), { tenantId, ids, now: clock.now(), source })
  const admission = new Admission(catalog, registry, options.keepsUnknownTypes ?? (() => false))
  const readEach = async (
    events: readonly RecordedEvent[],
    accepts: readonly string[],
  ): Promise<readonly RecordedEvent[]> => {
    if (accepts.length === 0) return events
    const own = events.filter(({ eventType }) => catalog.get(eventType) === undefined)
    for (const tenantId of new Set(own.map(event => event.tenantId))) await registry.load(tenantId)
    return events.map(event => readAs(event, catalog, accepts, registry.ownTypes(event.tenantId)))
  }
  const publish = async (
    tenantId: string,
    input: JsonValue,
    appendOptions?: AppendOptions,
  ): Promise<Receipt> => {
    const event = await admission.admit(tenantId, complete(tenantId, input))
    refuseReservedStream(streamName(event.envelope))
    const twin = dual.twin(event, other => admission.admitKnown(tenantId, complete(tenantId, other)))
    const [receipt] = await store.append(tenantId, writesOf(event, twin), appendOptions)
    return receipt as Receipt
  }

  return {
    store,
    catalog,
    registry,
    publish,
    publishEach: (tenantId, events) =>
      Promise.all(
        events.map(event =>
          publish(tenantId, event).then(
            (receipt): PublishResult => ({ ok: true, duplicate: receipt.duplicate, receipt }),
            (error: unknown): PublishResult => ({ ok: false, error: toKeelsonError(error) }),
          ),
        ),
      ),
    async subscribe({ accepts = [], ...subscriptionOptions }) {
      const subscription = new ShardedSubscription(store, {
        ...subscriptionOptions,
        handle: async (events, unit, signal) =>
          subscriptionOptions.handle(await readEach(events, accepts), unit, signal),
      })
      subscriptions.push(subscription)
      await subscription.start()
      return subscription
    },
    projection(name) {
      const found = projections.get(name)
      if (!found) throw new KeelsonError('not_found', `There is no projection "${name}"`)
      return found
    },
    async deleteTenant(tenantId, deletion = {}) {
      const head = await store.head({ tenantId })
      const deleted = await store.deleteTenant(tenantId, deletion)
      registry.forget(tenantId)
      for (const definition of definitions) {
        // A page that was read before and is stored after would bring rows back: none is in hand beyond this.
        await projections.get(definition.name)?.waitFor(head, deletionWait, tenantId)
        await forgetTenant(store, definition, tenantId, deletion.signal)
      }
      return deleted
    },
    scavenge: (tenantId, scavengeOptions) =>
      scavengeTenant(store, definitions, projections, tenantId, scavengeOptions),
    async close() {
      await Promise.all([...projections.values(), ...subscriptions].map(subscription => subscription.close()))
      await store.close()
    },
  }
}

/** Their names are taken on every platform: what is registered is told by them. */
function withRegistryEvents(events: readonly EventDefinition[]): readonly EventDefinition[] {
  const known = new Set(events.map(({ type }) => type))
  return [...events, ...registryEvents.filter(({ type }) => !known.has(type))]
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
