import { randomUUID } from 'node:crypto'
import type { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus'
import type { Envelope, FieldFault } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { Alarm } from '../alarm.ts'
import { systemAlarm } from '../alarm.ts'
import type { BusAddress } from './client/open-client.ts'
import type { TopicPlan } from './topology/topic-plan.ts'

/** Times in milliseconds. */
export interface ServiceBusTransportOptions {
  /** Of the namespace; or `client`. */
  readonly connectionString?: string
  /** One that is there already; it is shared and stays open. */
  readonly client?: ServiceBusClient
  /** With it subscriptions are made when they are first used, and the lag is the broker's own count. */
  readonly administration?: ServiceBusAdministrationClient
  /** Stands before every topic's name; default `keelson.`. */
  readonly topicPrefix?: string
  /** Which types go to which topics; what no topic names, and by default everything, goes to `events`. */
  readonly topics?: readonly TopicPlan[]
  /** What keeps its order, and so is a session; default the stream. Subscriptions cannot choose another. */
  readonly orderingKey?: (event: Envelope) => string | undefined
  /** Paths such as `payload.order.total` that are sent beside the body, so that the broker itself can filter by them. */
  readonly filterProperties?: readonly string[]
  /** `masstransit` is a body that MassTransit consumers read; both are understood here. Default `keelson`. */
  readonly body?: 'keelson' | 'masstransit'
  /** Names this process to the others; default a random name. */
  readonly owner?: string
  /** Keys that a receiver holds at the same time; default 64. */
  readonly sessions?: number
  /** How long a key stays with a process that has ended, from 5,000 to 300,000; default 60,000. */
  readonly lockDuration?: number
  /** In which a repeated event is dropped by the broker; default 600,000. */
  readonly duplicateWindow?: number
  /** How often an event may come without being settled before the broker gives it up, up to 2,000; default 50. */
  readonly maxDeliveryCount?: number
  /** How long it is known that an event has taken effect; default 30 days. */
  readonly claimsFor?: number
  /**
   * In which the broker answers, from 100 to 60,000; default 10,000. After it a line counts as broken, and another one is
   * made. A caller's `client` has times and lines of its own.
   */
  readonly patience?: number
  /** Between looks for what was replayed or let go on; default 5,000. */
  readonly pollEvery?: number
  /** Between looks into the broker's dead letters; default 60,000. */
  readonly sweepEvery?: number
  readonly alarm?: Alarm
}

/** Checked, with every default filled in. */
export interface BusSettings
  extends Required<
    Omit<ServiceBusTransportOptions, 'connectionString' | 'client' | 'administration' | 'orderingKey'>
  > {
  readonly address: BusAddress
  readonly administration: ServiceBusAdministrationClient | undefined
  readonly orderingKey: ServiceBusTransportOptions['orderingKey']
}

const day = 86_400_000

const bounds = {
  sessions: [1, 1_000, 64],
  lockDuration: [5_000, 300_000, 60_000],
  duplicateWindow: [20_000, 7 * day, 600_000],
  maxDeliveryCount: [1, 2_000, 50],
  claimsFor: [60_000, 3_650 * day, 30 * day],
  patience: [100, 60_000, 10_000],
  pollEvery: [1, day, 5_000],
  sweepEvery: [1, day, 60_000],
} as const

type Bounded = keyof typeof bounds

/** @throws KeelsonError `delivery_options_invalid` with every fault. */
export function checkBusOptions(options: ServiceBusTransportOptions): BusSettings {
  const {
    connectionString,
    client,
    administration,
    orderingKey,
    topics = [],
    filterProperties = [],
  } = options
  const faults: FieldFault[] = []
  if ((connectionString === undefined) === (client === undefined))
    faults.push({ pointer: '', message: 'Give either a connectionString or a client' })
  if (connectionString !== undefined && !/Endpoint=sb:\/\//i.test(connectionString))
    faults.push({ pointer: '/connectionString', message: 'It has no Endpoint=sb://…' })
  const names = Object.keys(bounds) as Bounded[]
  for (const name of names) faults.push(...boundFaults(name, options[name]))
  for (const [at, path] of filterProperties.entries())
    if (!/^(payload|metadata)\../.test(path))
      faults.push({ pointer: `/filterProperties/${at}`, message: 'It is no path within payload or metadata' })
  if (new Set(filterProperties.map(path => path.toLowerCase())).size < filterProperties.length)
    faults.push({ pointer: '/filterProperties', message: 'Two of them are alike but for their case' })
  const [first] = faults
  if (first !== undefined)
    throw new KeelsonError('delivery_options_invalid', `The Service Bus transport: ${first.message}`, {
      faults,
    })
  const numbers = Object.fromEntries(names.map(name => [name, options[name] ?? bounds[name][2]]))
  return Object.freeze({
    ...(numbers as Record<Bounded, number>),
    address: { client, connectionString },
    administration,
    orderingKey,
    topics,
    filterProperties,
    topicPrefix: options.topicPrefix ?? 'keelson.',
    body: options.body ?? 'keelson',
    owner: options.owner ?? randomUUID(),
    alarm: options.alarm ?? systemAlarm,
  })
}

function boundFaults(name: Bounded, value: number | undefined): readonly FieldFault[] {
  const [low, high] = bounds[name]
  if (value === undefined || (value >= low && value <= high)) return []
  return [{ pointer: `/${name}`, message: `${name} is from ${low} to ${high}` }]
}
