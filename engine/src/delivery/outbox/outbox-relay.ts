import { KeelsonError } from '../../core/index.ts'
import type { Alarm } from '../../transport/index.ts'
import { systemAlarm } from '../../transport/index.ts'
import { delayAfter } from './held-aggregates.ts'
import type { OutboxBacklog, OutboxSource } from './outbox-source.ts'
import { PartitionRelay } from './partition-relay.ts'
import type { OutboxPublisher } from './publish-batch.ts'
import type { RelayCounts } from './relay-counts.ts'

/** Times in milliseconds. */
export interface OutboxRelayOptions {
  readonly source: OutboxSource
  /** What takes the events, such as a platform. */
  readonly publisher: OutboxPublisher
  /** Rows that are read and removed at a time; default 500. */
  readonly batchSize?: number
  /** Between two looks at a table without rows; default 500. */
  readonly pollEvery?: number
  /** Tries of a row that is not taken while others are, before it is set aside; default 10. */
  readonly attempts?: number
  /** What follows a row that was set aside in its aggregate goes on (the default), or waits until that row is seen to. */
  readonly poison?: 'setAside' | 'holdAggregate'
  /** Told of what goes wrong; must not throw. */
  readonly onError?: (error: unknown) => void
  readonly alarm?: Alarm
}

export type OutboxRelayState = 'idle' | 'running' | 'draining' | 'closed'

export interface OutboxRelayStatus extends OutboxBacklog, RelayCounts {
  readonly state: OutboxRelayState
  /** Partitions that this process reads; others wait or are read elsewhere. */
  readonly leads: readonly number[]
  /** Aggregates that wait for another try of a row. */
  readonly held: number
}

const longestPause = 5_000

/**
 * Brings the rows of a product's outbox table to the log, those of an aggregate in their order, each once: an event that
 * was published and whose row is still there, since a process was killed in between, is told from a new one by its id.
 * Of several relays of a table, in whatever process, one at a time reads each partition; another takes over when it ends.
 */
export class OutboxRelay {
  readonly #options: OutboxRelayOptions
  readonly #alarm: Alarm
  readonly #stop = new AbortController()
  readonly #drained = new AbortController()
  readonly #relays: readonly PartitionRelay[]
  readonly #leads = new Set<number>()
  readonly #counts: { -readonly [Name in keyof RelayCounts]: RelayCounts[Name] }
  #state: OutboxRelayState = 'idle'
  #running: Promise<unknown> | undefined

  /** @throws KeelsonError `outbox_invalid`. */
  constructor(options: OutboxRelayOptions) {
    const { batchSize = 500, pollEvery = 500, attempts = 10, poison = 'setAside', onError } = options
    for (const [name, value, most] of [
      ['batchSize', batchSize, 5_000],
      ['pollEvery', pollEvery, 60_000],
      ['attempts', attempts, 1_000],
    ] as const)
      if (!Number.isInteger(value) || value < 1 || value > most)
        throw new KeelsonError('outbox_invalid', `${name} must be a whole number from 1 to ${most}`)
    this.#options = options
    this.#alarm = options.alarm ?? systemAlarm
    this.#counts = { published: 0, duplicates: 0, setAside: 0 }
    const settings = {
      publisher: options.publisher,
      batchSize,
      pollEvery,
      attempts,
      isHolding: poison === 'holdAggregate',
      onError: (error: unknown) => onError?.(error),
      alarm: this.#alarm,
      counts: this.#counts,
    }
    this.#relays = Array.from({ length: options.source.partitions }, () => new PartitionRelay(settings))
  }

  /** Begins to take part; a second call does nothing. */
  start(): void {
    if (this.#running !== undefined || this.#state === 'closed') return
    this.#state = 'running'
    this.#running = Promise.all(this.#relays.map((relay, partition) => this.#follow(relay, partition)))
  }

  async status(): Promise<OutboxRelayStatus> {
    const backlog = await this.#options.source.backlog()
    return {
      state: this.#state,
      leads: [...this.#leads].toSorted((a, b) => a - b),
      held: this.#relays.reduce((sum, relay) => sum + relay.held, 0),
      ...backlog,
      ...this.#counts,
    }
  }

  /** Publishes what is there and closes; what another relay reads is left to it. */
  async drain(): Promise<void> {
    if (this.#state === 'running') this.#state = 'draining'
    this.#drained.abort()
    await this.#finish()
  }

  /** Closes when the batch in hand is done. May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#drained.abort()
    await this.#finish()
  }

  async #finish(): Promise<void> {
    await this.#running
    this.#state = 'closed'
  }

  async #follow(relay: PartitionRelay, partition: number): Promise<void> {
    const { source, onError } = this.#options
    const ends = { stop: this.#stop.signal, drain: this.#drained.signal }
    for (let failures = 0; !ends.drain.aborted; ) {
      try {
        const lead = await source.lead(partition, ends.drain)
        try {
          this.#leads.add(partition)
          failures = 0
          await relay.run(lead, ends)
        } finally {
          this.#leads.delete(partition)
          await lead.close()
        }
      } catch (error) {
        if (ends.drain.aborted) return
        failures += 1
        this.#counts.error = error instanceof Error ? error.message : String(error)
        onError?.(error)
        await this.#alarm.wait(Math.min(longestPause, delayAfter(failures)), ends.drain)
      }
    }
  }
}
