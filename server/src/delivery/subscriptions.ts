import type {
  Alarm,
  BreakerChange,
  Clock,
  DeliverySubscription,
  EventStore,
  IdSource,
  Platform,
  Transport,
} from 'keelson'
import { KeelsonError, parseFilter } from 'keelson'
import type { Relay, RelayStatus, ReplayTarget } from 'keelson/delivery'
import { listOwners } from 'keelson/delivery'
import type { SubscriptionDetail, SubscriptionItem } from '../api/types.ts'
import { BreakerRecord } from './breaker/breaker-record.ts'
import type { OwnSubscription } from './own/own-subscription.ts'
import { engineNameOf, ownPrefix, readEngineName } from './own/own-subscription.ts'
import { OwnSubscriptions, unknown } from './own/own-subscriptions.ts'
import { deliveryOptionsOf } from './pull/delivery-options.ts'
import { PulledSubscriptions } from './pull/pulled-subscriptions.ts'
import { ReplayRuns } from './replay/replay-runs.ts'
import { Monitor } from './view/monitor.ts'
import type { Reading, ReadTools } from './view/reading.ts'
import { ofStatus, partitionOf, readOrError, readProjection, readStored } from './view/reading.ts'
import type { Seen } from './view/subscription-view.ts'
import { noSettings, settingsOf, toDetail, toItem } from './view/subscription-view.ts'

/** Whose subscriptions somebody may see: those of a tenant, those of the platform, or both. */
export interface Viewer {
  readonly tenantId: string | undefined
  readonly isPlatform: boolean
}

/** What brings events to subscriptions. */
export interface Transports {
  /** Of those that were made in code. */
  readonly transport: Transport
  /** Reads the log itself: tenants' own are served from there, whatever the broker. */
  readonly log: Transport
  /** Takes the log to the broker, where there is one. */
  readonly relay: Pick<Relay, 'status'> | undefined
}

export interface SubscriptionsOptions {
  readonly platform: Platform
  readonly transport: Transports
  /** Names of the read models. */
  readonly projections: readonly string[]
  /** Names this process to the others. */
  readonly serverId: string
  readonly alarm: Alarm
  readonly clock: Clock
  readonly ids: IdSource
  /** Told of what goes wrong with a subscription that is pulled here. */
  readonly onError: (subscription: string, error: unknown) => void
  /** Told of each change of a breaker in this process; must not throw. Those that last are events too. */
  readonly onBreaker?: (change: BreakerChange) => void
}

/** How many handlers' subscriptions of other processes are looked for. */
const mostForeign = 1_000

/** Every subscription that the server knows of: tenants' own, those made in code, and read models. */
export class Subscriptions {
  readonly own: OwnSubscriptions
  readonly pulled: PulledSubscriptions
  readonly replays: ReplayRuns
  readonly #monitor: Monitor
  readonly #breakers: BreakerRecord
  readonly #options: SubscriptionsOptions

  constructor(options: SubscriptionsOptions) {
    const { platform, transport, clock, ids, alarm, serverId, onError, onBreaker } = options
    const { store } = platform
    this.#options = options
    this.own = new OwnSubscriptions(store, clock, ids)
    this.#breakers = new BreakerRecord({
      platform,
      clock,
      onError,
      ...(onBreaker === undefined ? {} : { onBreaker }),
    })
    const onPulled = (change: BreakerChange) => this.#breakers.tell(change)
    const pulling = { store, transport: transport.log, alarm, serverId, onBreaker: onPulled }
    this.pulled = new PulledSubscriptions(pulling, onError)
    this.#monitor = new Monitor(alarm)
    this.replays = new ReplayRuns({
      store,
      alarm,
      targetOf: name => this.#targetOf(name),
      onError: error => onError('replays', error),
    })
  }

  /** Begins what goes on without being asked. */
  start(): void {
    for (const made of this.#options.platform.deliveries.values()) this.#breakers.watch(made)
    this.replays.start()
  }

  /** By name, a tenant's before those of the platform. */
  async list(viewer: Viewer): Promise<readonly Seen[]> {
    const { tenantId, isPlatform } = viewer
    const own = tenantId === undefined ? [] : await this.own.list(tenantId)
    const made = [...this.#options.platform.deliveries.values()].filter(one => isSeen(one, viewer))
    const seen = [...own.map(one => this.#ofOwn(one)), ...made.map(one => this.#ofMade(one))]
    if (isPlatform) {
      seen.push(...this.#options.projections.map(name => this.#ofProjection(name)))
      seen.push(...(await this.#foreign()))
    }
    return seen.toSorted(byScope)
  }

  /** @throws KeelsonError `subscription_unknown`, also where it is one that the viewer may not see. */
  async find(viewer: Viewer, name: string): Promise<Seen> {
    const { tenantId, isPlatform } = viewer
    const own = tenantId === undefined ? undefined : await this.own.find(tenantId, name)
    if (own !== undefined) return this.#ofOwn(own)
    const made = this.#options.platform.deliveries.get(name)
    if (made !== undefined && isSeen(made, viewer)) return this.#ofMade(made)
    if (!isPlatform) throw unknown(name)
    if (this.#options.projections.includes(name)) return this.#ofProjection(name)
    const foreign = (await this.#foreign()).find(one => one.name === name)
    if (foreign === undefined) throw unknown(name)
    return foreign
  }

  async item(seen: Seen): Promise<SubscriptionItem | undefined> {
    const history = this.#watch(seen)
    const reading = await readOrError(seen)
    return reading && toItem(seen, reading, history, this.#now)
  }

  /** @throws KeelsonError `subscription_unknown` where it is gone meanwhile. */
  async detail(seen: Seen): Promise<SubscriptionDetail> {
    const history = this.#watch(seen)
    const reading = await readOrError(seen)
    if (reading === undefined) throw unknown(seen.name)
    return toDetail(seen, reading, history, this.#now)
  }

  /** Of the platform's, by name, and of those of tenants that are pulled here, which are not named. */
  async readings(): Promise<{
    readonly platform: ReadonlyMap<string, Reading>
    readonly pulled: readonly Reading[]
  }> {
    const { deliveries } = this.#options.platform
    const made = [...deliveries.values()].filter(({ description }) => description.tenantId === undefined)
    const seen = [
      ...made.map(one => this.#ofMade(one)),
      ...this.#options.projections.map(name => this.#ofProjection(name)),
    ]
    const found = await Promise.all(seen.map(async one => [one.name, await one.read()] as const))
    return {
      platform: new Map(found.flatMap(([name, reading]) => (reading === undefined ? [] : [[name, reading]]))),
      pulled: await Promise.all(this.pulled.all.map(({ own }) => this.#readOwn(own))),
    }
  }

  /** What brings the events. */
  get transport(): Transport['capabilities'] {
    return this.#options.transport.transport.capabilities
  }

  /** How far the relay to the broker has come; undefined where there is none. */
  async relay(): Promise<RelayStatus | undefined> {
    return this.#options.transport.relay?.status()
  }

  /** From here on it is looked at, so that there is a history when somebody asks. */
  observe(own: OwnSubscription): void {
    this.#watch(this.#ofOwn(own))
  }

  /**
   * Holds a subscription back that was made in code, or lets it go on.
   * @throws KeelsonError `subscription_elsewhere` where another process has it, `request_invalid` for a read model.
   */
  async hold(seen: Seen, isPaused: boolean, by: string): Promise<void> {
    if (seen.kind === 'projection')
      throw new KeelsonError('request_invalid', 'A projection cannot be paused: it would show what is not so')
    const made = this.#options.platform.deliveries.get(seen.engineName)
    const reason = `${isPaused ? 'paused' : 'resumed'} by ${by}`
    const partitions = isPaused ? made?.openBreaker(reason) : made?.closeBreaker(reason)
    if (partitions !== undefined && partitions > 0) return
    const owner = (await seen.read())?.owner ?? null
    throw new KeelsonError('subscription_elsewhere', undefined, owner === null ? {} : { owner })
  }

  /**
   * Lets a tenant's own go on at once where its breaker holds it back; where nobody pulls there is nothing to let go.
   * @throws KeelsonError `subscription_elsewhere` where another server has it.
   */
  async letGo({ own, read }: Seen, by: string): Promise<void> {
    const running = own && this.pulled.find(own)
    if (running !== undefined) return running.closeBreaker(`resumed by ${by}`)
    const owner = (await read())?.owner ?? null
    if (owner !== null) throw new KeelsonError('subscription_elsewhere', undefined, { owner })
  }

  /** Where a replay brings its events: of a tenant's own to whoever pulls here. @throws KeelsonError `subscription_elsewhere`. */
  replayTarget({ own, engineName, name }: Seen): ReplayTarget {
    if (own !== undefined) return deliveryOptionsOf(own, this.pulled.mailboxOf(own))
    const made = this.#options.platform.deliveries.get(engineName)
    if (made !== undefined) return made
    throw new KeelsonError('subscription_elsewhere', `The handler of "${name}" is in another process`)
  }

  /** Ends what runs of one that was removed, its replays too, and removes what is kept of it. */
  async forget(own: OwnSubscription, by: string): Promise<void> {
    await this.replays.abortAll(own.tenantId, engineNameOf(own), by)
    await this.pulled.forget(own)
    this.#monitor.forget(engineNameOf(own))
    await this.own.forget(own)
  }

  /** May be called twice. */
  async close(): Promise<void> {
    await this.replays.close()
    await Promise.all([this.pulled.close(), this.#monitor.close()])
    await this.#breakers.idle()
  }

  async #targetOf(engineName: string): Promise<ReplayTarget | 'gone' | undefined> {
    const place = readEngineName(engineName)
    if (place === undefined) return this.#options.platform.deliveries.get(engineName)
    const own = await this.own.find(place.tenantId, place.name)
    const isSame = own !== undefined && engineNameOf(own) === engineName
    return isSame ? deliveryOptionsOf(own, this.pulled.mailboxOf(own)) : 'gone'
  }

  #watch(seen: Seen) {
    const read = async () => {
      if (seen.own === undefined) return seen.read()
      // It may have been changed, or deleted, since somebody asked.
      const own = await this.own.find(seen.own.tenantId, seen.own.name)
      return own?.id === seen.own.id ? this.#readOwn(own) : undefined
    }
    return this.#monitor.watch(seen.engineName, read)
  }

  #ofOwn(own: OwnSubscription): Seen {
    return {
      name: own.name,
      engineName: engineNameOf(own),
      kind: 'delivery',
      scope: 'tenant',
      settings: { ...own.definition },
      own,
      read: () => this.#readOwn(own),
    }
  }

  async #readOwn(own: OwnSubscription): Promise<Reading> {
    const { tenantId, definition, isPaused } = own
    const running = this.pulled.find(own)
    const stored = async () => {
      const { types, topics, filter } = definition
      const spec = {
        subscription: engineNameOf(own),
        tenantId,
        ...(types === null ? {} : { types }),
        ...(topics === null ? {} : { topics }),
        ...(filter === null ? {} : { filter: parseFilter(filter) }),
      }
      return readStored(this.#toolsOf('log'), spec, [partitionOf(this.#store, tenantId)])
    }
    const status = running && (await running.status())
    // One that has just begun has no partition to tell of yet.
    const reading = status === undefined || status.partitions.length === 0 ? await stored() : ofStatus(status)
    return {
      ...reading,
      state: isPaused ? 'paused' : running === undefined ? reading.state : 'running',
      inFlight: running?.inFlight ?? 0,
      ...this.pulled.countsOf(own),
    }
  }

  #ofMade(made: DeliverySubscription): Seen {
    this.#breakers.watch(made)
    return {
      name: made.name,
      engineName: made.name,
      kind: 'delivery',
      scope: made.description.tenantId === undefined ? 'platform' : 'tenant',
      settings: settingsOf(made),
      own: undefined,
      read: async () => {
        const reading = ofStatus(await made.status())
        const partitions = reading.partitions.map(({ partition }) => partition)
        const isHeld = reading.breaker === 'open' && (await this.#isHeld(made.name, partitions))
        return { ...reading, state: isHeld ? 'paused' : reading.state }
      },
    }
  }

  #ofProjection(name: string): Seen {
    return {
      name,
      engineName: `projection ${name}`,
      kind: 'projection',
      scope: 'platform',
      settings: noSettings,
      own: undefined,
      read: () => readProjection(this.#options.platform, name, this.#now),
    }
  }

  /** Those that run, or have run, in other processes alone. */
  async #foreign(): Promise<readonly Seen[]> {
    const partitions = new Map<string, number[]>()
    for await (const { subscription, partition } of listOwners(this.#store)) {
      const isKnown =
        subscription.startsWith(ownPrefix) || this.#options.platform.deliveries.has(subscription)
      if (!isKnown) partitions.set(subscription, [...(partitions.get(subscription) ?? []), partition])
      if (partitions.size >= mostForeign) break
    }
    return [...partitions].map(([name, numbers]) => ({
      name,
      engineName: name,
      kind: 'delivery',
      scope: 'platform',
      settings: noSettings,
      own: undefined,
      read: async () => {
        const reading = await readStored(this.#toolsOf('transport'), { subscription: name }, numbers)
        const isHeld = reading.breaker === 'open' && (await this.#isHeld(name, numbers))
        return { ...reading, state: isHeld ? 'paused' : reading.state }
      },
    }))
  }

  /** Whether a hand has opened the breaker: it stays open until one closes it. */
  async #isHeld(name: string, partitions: readonly number[]): Promise<boolean> {
    for await (const { subscription, partition, kept } of listOwners(this.#store, `${name}#`)) {
      const isMeant = subscription === name && partitions.includes(partition)
      if (isMeant && kept?.['state'] === 'open' && kept['until'] === null) return true
    }
    return false
  }

  get #store(): EventStore {
    return this.#options.platform.store
  }

  #toolsOf(which: 'transport' | 'log'): ReadTools {
    const { transport, alarm } = this.#options
    return { store: this.#store, transport: transport[which], alarm }
  }

  get #now(): number {
    return this.#options.clock.now()
  }
}

/** One that was made in code for a tenant is seen by it; one for all tenants by the platform alone. */
function isSeen({ description }: DeliverySubscription, { tenantId, isPlatform }: Viewer): boolean {
  return description.tenantId === undefined ? isPlatform : description.tenantId === tenantId
}

const byScope = (a: Seen, b: Seen): number =>
  a.scope === b.scope ? (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) : a.scope === 'tenant' ? -1 : 1
