import { KeelsonError } from '../../core/index.ts'
import type { Scope } from '../../store/index.ts'
import type { Receiver } from '../../transport/index.ts'
import type { RelaySettings } from './relay-options.ts'
import { relaySubscription } from './relay-options.ts'
import { RelayPauses } from './relay-pauses.ts'
import { RelaySender } from './relay-sender.ts'
import type { RelayPartitionStatus } from './relay-status.ts'
import { RelayTerm } from './relay-term.ts'

/** Batches that may be in hand: one that is sent, and some that are being kept as done. */
const batchesInHand = 4

/**
 * Takes the events of one partition to the broker, in their order, as long as this process owns it. While the broker is
 * away or full it waits, with growing pauses; what the broker will never take is set aside.
 */
export class PartitionRelay {
  readonly #settings: RelaySettings
  readonly #partition: number
  readonly #stop = new AbortController()
  readonly #halt = new AbortController()
  readonly #pauses: RelayPauses
  readonly #sender: RelaySender
  #receiver: Receiver
  #running: Promise<void> | undefined

  constructor(settings: RelaySettings, partition: number) {
    this.#settings = settings
    this.#partition = partition
    this.#pauses = new RelayPauses(settings)
    this.#receiver = this.#receive()
    this.#sender = this.#send()
  }

  start(): void {
    this.#running ??= this.#run()
  }

  async status(): Promise<RelayPartitionStatus> {
    const { isOwner, owner, position, lag, setAside } = await this.#receiver.status()
    return {
      partition: this.#partition,
      isLeader: isOwner,
      leader: owner,
      position,
      backlog: lag,
      setAside,
      ...this.#sender.counts,
      failures: this.#pauses.failures,
      error: this.#pauses.fault,
    }
  }

  /** Sends what is in hand, takes nothing more, and ends; waits for a broker that is away. */
  async drain(): Promise<void> {
    this.#halt.abort()
    await this.#running
  }

  /** Ends at once; what is on its way to the broker may come there, and is known there when it is sent again. */
  async close(): Promise<void> {
    this.#halt.abort()
    this.#stop.abort()
    await this.#running
  }

  get #scope(): Scope {
    const { shards } = this.#settings.store.capabilities
    return shards === 1 ? { tenantId: 'every tenant' } : { tenantId: 'every tenant', shard: this.#partition }
  }

  #receive(): Receiver {
    const { source, name, start, batchSize } = this.#settings
    const subscription = relaySubscription(name)
    const partition = this.#partition
    const window = batchSize * batchesInHand
    return source.receive({ subscription, partition, start, inLogOrder: true, window })
  }

  #send(): RelaySender {
    const { target, store, batchSize } = this.#settings
    const sender = target.send?.(this.#partition)
    if (sender === undefined) throw new KeelsonError('transport_unsupported')
    return new RelaySender(sender, { store, scope: this.#scope, batchSize })
  }

  async #run(): Promise<void> {
    while (!this.#halt.signal.aborted) {
      try {
        await this.#newTerm().run()
      } catch (error) {
        await this.#recover(error)
      }
      await this.#receiver.close().catch(() => undefined)
      this.#sender.doubt()
      if (!this.#halt.signal.aborted) this.#receiver = this.#receive()
    }
    await this.#sender.close()
  }

  #newTerm(): RelayTerm {
    const [settings, receiver, sender, pauses] = [this.#settings, this.#receiver, this.#sender, this.#pauses]
    return new RelayTerm({
      settings,
      receiver,
      sender,
      pauses,
      halt: this.#halt.signal,
      stop: this.#stop.signal,
    })
  }

  /** Another process that leads is nothing to wait for: the next term does that. */
  async #recover(error: unknown): Promise<void> {
    const code = error instanceof KeelsonError ? error.code : undefined
    if (code === 'store_closed') this.#halt.abort()
    else if (code !== 'subscription_lost' && code !== 'subscription_closed')
      await this.#pauses.pause(error, this.#stop.signal)
  }
}
