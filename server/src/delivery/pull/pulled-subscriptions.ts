import { KeelsonError, shardOf } from 'keelson'
import { readOwner } from 'keelson/delivery'
import type { OwnSubscription } from '../own/own-subscription.ts'
import { engineNameOf } from '../own/own-subscription.ts'
import { leave } from './left-settlements.ts'
import type { SettledCounts } from './mailbox.ts'
import { Mailbox } from './mailbox.ts'
import type { PullTools } from './pulled-subscription.ts'
import { PulledSubscription } from './pulled-subscription.ts'
import type { Settlement } from './settlement.ts'

/** Milliseconds that a subscription runs on when nobody pulls from it and nobody has a delivery of it. */
const idleTime = 30_000
const sweepEvery = 5_000
/** How many run here at the same time, and of these those of one tenant: each holds events in memory. */
const mostRunning = 500
const mostRunningOfTenant = 50

/** Tenants' subscriptions that are pulled from this server: each begins with a pull, and ends when there is none. */
export class PulledSubscriptions {
  readonly #tools: PullTools
  readonly #onError: (subscription: string, error: unknown) => void
  readonly #running = new Map<string, PulledSubscription>()
  /** By the engine's names; one that is empty goes with the end of its subscription here. */
  readonly #mailboxes = new Map<string, Mailbox>()
  readonly #changing = new Map<string, Promise<unknown>>()
  readonly #stop = new AbortController()
  #sweeping: Promise<void> | undefined
  #counts: SettledCounts = nothing
  /** By the engine's names. */
  readonly #countsOf = new Map<string, SettledCounts>()

  constructor(tools: PullTools, onError: (subscription: string, error: unknown) => void) {
    this.#tools = tools
    this.#onError = onError
  }

  /** Of all that was ever pulled here. */
  get counts(): SettledCounts {
    return this.#counts
  }

  /** Of one, since this server started: also before it ended here for want of pulls, or began anew. */
  countsOf(own: OwnSubscription): SettledCounts {
    return this.#countsOf.get(engineNameOf(own)) ?? nothing
  }

  get all(): readonly PulledSubscription[] {
    return [...this.#running.values()]
  }

  /** The one that runs; undefined where nobody pulls here. */
  find(own: OwnSubscription): PulledSubscription | undefined {
    const found = this.#running.get(keyOf(own))
    return found?.own.id === own.id ? found : undefined
  }

  /** The one that runs as the definition says; one that was changed begins anew. @throws KeelsonError `not_ready`. */
  async open(own: OwnSubscription): Promise<PulledSubscription> {
    return this.#alone(own, async () => {
      const running = this.#running.get(keyOf(own))
      if (running?.own.revision === own.revision && running.own.id === own.id) return running
      if (running !== undefined) await this.#close(running)
      if (this.#stop.signal.aborted) throw new KeelsonError('not_ready')
      const ofTenant = this.all.filter(({ own: { tenantId } }) => tenantId === own.tenantId)
      if (this.#running.size >= mostRunning || ofTenant.length >= mostRunningOfTenant)
        throw new KeelsonError('too_many_streams', 'Too many subscriptions are pulled from this server')
      const onError = (error: unknown) => this.#onError(engineNameOf(own), error)
      const opened = new PulledSubscription(own, this.mailboxOf(own), this.#tools, onError)
      this.#running.set(keyOf(own), opened)
      this.#sweeping ??= this.#sweep()
      return opened
    })
  }

  /** Where its consumers find events here, whether it runs or a replay of it does. */
  mailboxOf(own: OwnSubscription): Mailbox {
    const name = engineNameOf(own)
    const mailbox = this.#mailboxes.get(name) ?? this.#createMailbox(name)
    this.#mailboxes.set(name, mailbox)
    return mailbox
  }

  /** Ends the one that runs here, if there is one. */
  async stop(own: OwnSubscription): Promise<void> {
    await this.#alone(own, async () => {
      const running = this.#running.get(keyOf(own))
      if (running !== undefined) await this.#close(running)
    })
  }

  /** Ends one that was removed, and what was counted of it. */
  async forget(own: OwnSubscription): Promise<void> {
    await this.stop(own)
    this.#countsOf.delete(engineNameOf(own))
  }

  /**
   * Settles deliveries, those of other servers too: they are told. Gives the tokens that name none.
   * @throws KeelsonError what the store throws; nothing of other servers' is settled then.
   */
  async settle(own: OwnSubscription, settlements: readonly Settlement[]): Promise<readonly string[]> {
    const mailbox = this.#mailboxes.get(engineNameOf(own))
    const isHere = ({ token }: Settlement) => token.startsWith(`${this.#tools.serverId}.`)
    const unknown = settlements.filter(one => isHere(one) && mailbox?.settle(one) !== true)
    const elsewhere = settlements.filter(one => !isHere(one))
    if (elsewhere.length > 0) {
      const owner = await this.#ownerOf(own)
      const known = elsewhere.filter(({ token }) => owner !== undefined && token.startsWith(`${owner}.`))
      if (known.length > 0) await leave(this.#tools.store, own, known)
      unknown.push(...elsewhere.filter(one => !known.includes(one)))
    }
    return unknown.map(({ token }) => token)
  }

  /** May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort('the server is stopping')
    await Promise.allSettled(this.#changing.values())
    await Promise.all(this.all.map(running => this.#close(running)))
    await this.#sweeping
  }

  #createMailbox(name: string): Mailbox {
    const { serverId, alarm } = this.#tools
    const onSettled = (isDone: boolean) => {
      this.#counts = plusOne(this.#counts, isDone)
      this.#countsOf.set(name, plusOne(this.#countsOf.get(name) ?? nothing, isDone))
    }
    return new Mailbox({ serverId, alarm, onSettled })
  }

  /** Id of the server that has it in hand. */
  async #ownerOf(own: OwnSubscription): Promise<string | undefined> {
    const { store, alarm } = this.#tools
    const found = await readOwner(store, engineNameOf(own), shardOf(own.tenantId, store.capabilities.shards))
    return found !== undefined && found.until > alarm.now() ? found.owner.split('/')[0] : undefined
  }

  async #close(running: PulledSubscription): Promise<void> {
    const name = engineNameOf(running.own)
    this.#running.delete(keyOf(running.own))
    await running.close()
    if (this.#mailboxes.get(name)?.isEmpty === true) this.#mailboxes.delete(name)
  }

  async #sweep(): Promise<void> {
    const { alarm } = this.#tools
    while (!this.#stop.signal.aborted) {
      await alarm.wait(sweepEvery, this.#stop.signal)
      if (this.#stop.signal.aborted) return
      for (const running of this.all) if (running.idleFor > idleTime) await this.#endIdle(running)
    }
  }

  async #endIdle(running: PulledSubscription): Promise<void> {
    await this.#alone(running.own, async () => {
      // A pull that came meanwhile keeps it.
      if (this.find(running.own) === running && running.idleFor > idleTime) await this.#close(running)
    }).catch(error => this.#onError(engineNameOf(running.own), error))
  }

  /** One after the other for each subscription. */
  async #alone<Result>(own: OwnSubscription, work: () => Promise<Result>): Promise<Result> {
    const key = keyOf(own)
    const before = this.#changing.get(key)
    const now = before === undefined ? work() : before.then(work, work)
    this.#changing.set(key, now)
    try {
      return await now
    } finally {
      if (this.#changing.get(key) === now) this.#changing.delete(key)
    }
  }
}

const nothing: SettledCounts = { handled: 0, failed: 0 }

const plusOne = ({ handled, failed }: SettledCounts, isDone: boolean): SettledCounts =>
  isDone ? { handled: handled + 1, failed } : { handled, failed: failed + 1 }

const keyOf = ({ tenantId, name }: OwnSubscription): string => `${tenantId}/${name}`
