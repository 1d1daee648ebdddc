import type {
  DeliveryOptions,
  DeliverySubscription,
  PublishOptions,
  SubscriptionOptions,
} from '../bus/index.ts'
import { defaultMaxHops, ShardedSubscription } from '../bus/index.ts'
import type { Catalog, FrozenSchema, Registry, SchemaCheckers } from '../catalog/index.ts'
import { createCatalog, createRegistry, registryEvents } from '../catalog/index.ts'
import type { Clock, EventDefinition, IdSource, JsonValue } from '../core/index.ts'
import { createIdSource, KeelsonError, systemClock } from '../core/index.ts'
import type { CopyStore } from '../notary/index.ts'
import { logEvents } from '../notary/index.ts'
import { forgetTenant, runProjection } from '../projection/index.ts'
import type { EventStore, Receipt, RecordedEvent, ScavengeOptions, ScavengeReport } from '../store/index.ts'
import { refuseUnfinishedMove } from '../store/index.ts'
import type { Transport } from '../transport/index.ts'
import { Admission } from './admission.ts'
import type { ContextDefinition } from './define-context.ts'
import { Deliveries } from './deliveries.ts'
import type { DualPublishing } from './dual-publishing.ts'
import { DualPublisher } from './dual-publishing.ts'
import type { PublishResult } from './publish-result.ts'
import { Publisher } from './publisher.ts'
import { readAs } from './read-as.ts'
import { readModelCopies } from './read-model-copies.ts'
import { createRegistryLog } from './registry-log.ts'
import { scavengeTenant } from './scavenge-tenant.ts'
import { schemaLanguages } from './schema-languages.ts'

export interface PlatformOptions {
  readonly store: EventStore
  readonly contexts: readonly ContextDefinition[]
  /** What brings events to subscriptions, such as `createEmbeddedTransport(store)`. The platform closes it. */
  readonly transport?: Transport
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
  /** Events in a row that handlers may publish, each while handling the one before; default 100. */
  readonly maxHops?: number
  readonly onProjectionError?: (projection: string, error: unknown, attempt: number) => void
}

/** Milliseconds that a deletion waits for a projection which has not come as far. */
const deletionWait = 10_000

/** The composition of store, catalogue and read models: what a product embeds and the server serves. */
export interface Platform {
  readonly store: EventStore
  readonly catalog: Catalog
  /** Schemas that tenants register, among them event types of their own, which are published like any other. */
  readonly registry: Registry
  /**
   * Validates an event and stores it durably. Takes the canonical envelope, the bus's form and CloudEvents. A repeat, of
   * the event's id or of the idempotency key, gives the first receipt with `duplicate` set.
   *
   * @throws KeelsonError with the reason; nothing is stored then.
   */
  publish(tenantId: string, event: JsonValue, options?: PublishOptions): Promise<Receipt>
  /** As `publish` for each event on its own: a result in the same order, never a throw. */
  publishEach(tenantId: string, events: readonly JsonValue[]): Promise<readonly PublishResult[]>
  /**
   * Follows the log from the subscription's checkpoint. With `accepts` the handler gets every event in a version that it
   * names; one that cannot be cast is a failure of its batch.
   */
  subscribe(
    options: SubscriptionOptions & { readonly accepts?: readonly string[] },
  ): Promise<ShardedSubscription>
  /**
   * Starts a subscription on the transport: each event to a handler of its own, with retries, dead letters and a breaker.
   *
   * @throws KeelsonError `transport_missing`, `subscription_exists`, `delivery_options_invalid`, `subscription_closed` after
   * `close`, and those of filters.
   */
  deliver(options: DeliveryOptions): DeliverySubscription
  /** Those that run in this process, by name. */
  readonly deliveries: ReadonlyMap<string, DeliverySubscription>
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
  /**
   * Stores an event that Keelson itself states, also of a type that nobody else may publish. Its payload is validated.
   *
   * @throws KeelsonError `event_type_unknown`, `payload_invalid`.
   */
  record(tenantId: string, event: JsonValue): Promise<Receipt>
  /** The read models as a store of copies, from which erased content goes too. */
  readonly readModelCopies: CopyStore
  /** Ends subscriptions, then closes the store. May be called twice. */
  close(): Promise<void>
}

/** Starts a platform: builds the catalogue, makes the read models' tables and begins to fill them. */
export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const { store, contexts } = options
  const subscribed = contexts.flatMap(context => context.subscriptions ?? [])
  if (subscribed.length > 0 && options.transport === undefined) throw new KeelsonError('transport_missing')
  await refuseUnfinishedMove(store)
  const clock = options.clock ?? systemClock
  const ids = options.ids ?? createIdSource(clock)
  const source = options.source ?? 'keelson'
  const catalog = createCatalog(withOwnEvents(contexts.flatMap(context => context.events)), {
    commands: contexts.flatMap(context => context.commands ?? []),
    topics: contexts.flatMap(context => context.topics ?? []),
    casters: contexts.flatMap(context => context.casters ?? []),
    frozen: options.frozen ?? [],
  })
  const dual = new DualPublisher(options.dualPublish ?? [], catalog, clock)
  const deliveries = new Deliveries(options.transport)
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
  const maxHops = options.maxHops ?? defaultMaxHops
  const publisher = new Publisher({ store, admission, dual, ids, clock, source, maxHops })
  const publish: Platform['publish'] = (tenantId, event, publishOptions) =>
    publisher.publish(tenantId, event, publishOptions)
  for (const define of subscribed)
    deliveries.start(typeof define === 'function' ? define({ publish }) : define)

  return {
    store,
    catalog,
    registry,
    publish,
    publishEach: (tenantId, events) => publisher.publishEach(tenantId, events),
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
    deliver: delivery => deliveries.start(delivery),
    deliveries: deliveries.byName,
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
    record: (tenantId, event) => publisher.record(tenantId, event, catalog),
    readModelCopies: readModelCopies(store, definitions, projections),
    scavenge: (tenantId, scavengeOptions) =>
      scavengeTenant(store, definitions, projections, tenantId, scavengeOptions),
    async close() {
      await deliveries.close()
      await Promise.all([...projections.values(), ...subscriptions].map(subscription => subscription.close()))
      await store.close()
    },
  }
}

/** Their names are taken on every platform: what is registered, and what is done to a log, is told by them. */
function withOwnEvents(events: readonly EventDefinition[]): readonly EventDefinition[] {
  const known = new Set(events.map(({ type }) => type))
  return [...events, ...[...registryEvents, ...logEvents].filter(({ type }) => !known.has(type))]
}
