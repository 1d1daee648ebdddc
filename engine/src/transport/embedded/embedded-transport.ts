import { randomUUID } from 'node:crypto'
import { KeelsonError } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'
import type { Alarm } from '../alarm.ts'
import { systemAlarm } from '../alarm.ts'
import type { Transport } from '../port.ts'
import { LogReceiver } from '../receiver/log-receiver.ts'
import { OwnerGroup } from '../receiver/owner-group.ts'
import { checkSubscriptionName } from '../record/collections.ts'
import { LogCursor } from './log-cursor.ts'
import { LogHubs } from './log-hubs.ts'

export interface EmbeddedTransportOptions {
  /** Names this process to the others; default a random name. */
  readonly owner?: string
  /** Milliseconds after which the partitions of a process that has ended go to another; default 30,000. */
  readonly leaseTime?: number
  /** Milliseconds between looks for what was replayed or let go on; default 5,000. */
  readonly pollEvery?: number
  readonly alarm?: Alarm
}

/** The transport that is the log of a store itself: what is appended there is delivered. */
export function createEmbeddedTransport(
  store: EventStore,
  options: EmbeddedTransportOptions = {},
): Transport {
  const { owner = randomUUID(), leaseTime = 30_000, pollEvery = 5_000, alarm = systemAlarm } = options
  if (!(leaseTime >= 100) || !(pollEvery >= 1))
    throw new KeelsonError('delivery_options_invalid', 'leaseTime is at least 100, and pollEvery at least 1')
  const hubs = new LogHubs(store)
  const group = new OwnerGroup(store)
  let receivers = 0
  return {
    capabilities: {
      name: 'embedded',
      order: 'native',
      duplicates: 'native',
      schedule: 'emulated',
      ttl: 'emulated',
      filters: 'emulated',
      deadLetters: 'emulated',
      leases: 'emulated',
      partitions: store.capabilities.shards,
      sql: store.capabilities.sql,
    },
    send: undefined,
    async close() {},
    receive(spec) {
      checkSubscriptionName(spec.subscription)
      receivers += 1
      // A second receiver of the same process is another owner too.
      return new LogReceiver(store, spec, {
        owner: `${owner}/${receivers}`,
        leaseTime,
        pollEvery,
        alarm,
        group,
        open: (_, source) => new LogCursor(hubs, source),
      })
    },
  }
}
