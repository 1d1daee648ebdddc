import { PartitionRelay } from './partition-relay.ts'
import type { RelayOptions, RelaySettings } from './relay-options.ts'
import { checkRelayOptions, relaySubscription } from './relay-options.ts'
import type { RelayStatus } from './relay-status.ts'

/**
 * Takes every event of a log to a broker, in order: the log is the outbox. Of all processes that run a relay of one name
 * one leads each partition; the next takes over when it ends. What the broker has lost is sent again.
 */
export class Relay {
  readonly #settings: RelaySettings
  readonly #partitions: readonly PartitionRelay[]
  #state: RelayStatus['state'] = 'idle'

  /** @throws KeelsonError `delivery_options_invalid` or `transport_unsupported`. */
  constructor(options: RelayOptions) {
    this.#settings = checkRelayOptions(options)
    const { partitions } = this.#settings.source.capabilities
    this.#partitions = Array.from({ length: partitions }, (_, at) => new PartitionRelay(this.#settings, at))
  }

  /** Begins to take part; a second call does nothing. */
  start(): void {
    if (this.#state !== 'idle') return
    this.#state = 'running'
    for (const partition of this.#partitions) partition.start()
  }

  async status(): Promise<RelayStatus> {
    const { name, target } = this.#settings
    return {
      name,
      subscription: relaySubscription(name),
      state: this.#state,
      target: target.capabilities.name,
      partitions: await Promise.all(this.#partitions.map(partition => partition.status())),
    }
  }

  /** Sends what is in hand and closes; waits for a broker that is away. */
  async drain(): Promise<void> {
    if (this.#state !== 'closed') this.#state = 'draining'
    await Promise.all(this.#partitions.map(partition => partition.drain()))
    this.#state = 'closed'
  }

  /** Closes at once; nothing is lost. May be called twice, and while it drains. */
  async close(): Promise<void> {
    await Promise.all(this.#partitions.map(partition => partition.close()))
    this.#state = 'closed'
  }
}
