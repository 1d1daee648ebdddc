import { randomUUID } from 'node:crypto'
import { KeelsonError } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'
import type { Alarm } from '../alarm.ts'
import { systemAlarm } from '../alarm.ts'
import type { Transport } from '../port.ts'
import { LogReceiver } from '../receiver/log-receiver.ts'
import { OwnerGroup } from '../receiver/owner-group.ts'
import { checkSubscriptionName } from '../record/collections.ts'
import type { TransportTopology } from '../topology.ts'
import type { LinkStatus, NatsLinkOptions } from './connection/nats-link.ts'
import { NatsLink } from './connection/nats-link.ts'
import { natsCapabilities } from './nats-capabilities.ts'
import type { TopicOf } from './sender/event-encoder.ts'
import { NatsSender } from './sender/nats-sender.ts'
import { NatsSource } from './source/nats-source.ts'
import type { SourceCounts } from './source/source-counts.ts'
import { LogMark } from './stream/log-mark.ts'
import { createNatsTopology } from './stream/nats-topology.ts'
import { ensureStream } from './stream/stream-access.ts'
import type { NatsStreamOptions } from './stream/stream-options.ts'
import { checkStreamOptions } from './stream/stream-options.ts'

export interface NatsTransportOptions extends NatsLinkOptions {
  readonly stream?: NatsStreamOptions
  /** The catalogue's topic for a type of a tenant, for the subjects; default none. */
  readonly topicOf?: TopicOf
  /** Names this process to the others; default a random name. */
  readonly owner?: string
  /** Milliseconds after which the partitions of a process that has ended go to another; default 30,000. */
  readonly leaseTime?: number
  /** Milliseconds between looks for what was replayed or let go on; default 5,000. */
  readonly pollEvery?: number
  /** Milliseconds that the stream may be behind the log before receivers read on there; default 5,000. */
  readonly lookEvery?: number
  /** Milliseconds that the broker's answer to an event may take; default 5,000. */
  readonly patience?: number
  readonly alarm?: Alarm
}

export interface NatsStatus extends LinkStatus, SourceCounts {}

/** What NATS adds to the port. */
export interface NatsTransport extends Transport {
  readonly send: NonNullable<Transport['send']>
  readonly topology: TransportTopology
  status(): NatsStatus
  /**
   * Takes the streams for this log before the first event comes, making those that are missing.
   *
   * @throws KeelsonError `transport_taken` where one of them is another log's; as the broker fails.
   */
  claim(): Promise<void>
}

/**
 * The transport over the streams of a NATS server. The log stays the truth: a relay takes its events to the streams, and
 * what receivers have done is kept in the store. Nothing is asked of the server before it is needed.
 *
 * @throws KeelsonError `delivery_options_invalid`.
 */
export function createNatsTransport(store: EventStore, options: NatsTransportOptions): NatsTransport {
  const { owner = randomUUID(), leaseTime = 30_000, pollEvery = 5_000, alarm = systemAlarm } = options
  const { lookEvery = 5_000, patience = 5_000, topicOf = () => undefined } = options
  if (!(leaseTime >= 100) || !(pollEvery >= 1) || !(lookEvery >= 1) || !(patience >= 1)) {
    const message = 'leaseTime is at least 100, and pollEvery, lookEvery and patience at least 1'
    throw new KeelsonError('delivery_options_invalid', message)
  }
  const settings = checkStreamOptions(options.stream ?? {})
  const link = new NatsLink(options)
  const mark = new LogMark(store)
  const counts: SourceCounts = { fromStream: 0, fromLog: 0 }
  const group = new OwnerGroup(store)
  let receivers = 0
  return {
    capabilities: natsCapabilities(store),
    topology: createNatsTopology(link, settings, store.capabilities.shards),
    status: () => ({ ...link.status(), ...counts }),
    async claim() {
      const { manager } = await link.open()
      for (let partition = 0; partition < store.capabilities.shards; partition += 1)
        await mark.claim(manager, await ensureStream(manager, { settings, partition, mark }))
    },
    close: () => link.close(),
    send: partition => new NatsSender(link, settings, { partition, topicOf, patience, mark }),
    receive(spec) {
      checkSubscriptionName(spec.subscription)
      receivers += 1
      return new LogReceiver(store, spec, {
        // A second receiver of the same process is another owner too.
        owner: `${owner}/${receivers}`,
        leaseTime,
        pollEvery,
        alarm,
        group,
        open: (log, source) =>
          new NatsSource(log, source, { link, settings, mark, alarm, lookEvery, counts }),
      })
    },
  }
}
