import { KeelsonError } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'
import type { Alarm, Start, Transport } from '../../transport/index.ts'
import { checkSubscriptionName, systemAlarm } from '../../transport/index.ts'

export interface RelayOptions {
  /** The log whose events are taken to the broker. */
  readonly store: EventStore
  /** A transport that reads the log itself, such as the embedded one. */
  readonly source: Transport
  /** The transport whose broker they are taken to. */
  readonly target: Transport
  /** Its subscription is `relay/<name>`; default `broker`. Of several of one name one works at a time. */
  readonly name?: string
  /** Where a relay begins that has never run; default the beginning. */
  readonly start?: Start
  /** Events that are sent in one go; default 1,000. */
  readonly batchSize?: number
  /** Milliseconds before the first and before any further try where the broker is away; default 100 and 10,000. */
  readonly firstPause?: number
  readonly longestPause?: number
  /** Milliseconds between looks whether the broker still has what it was given; default 30,000. */
  readonly checkEvery?: number
  readonly alarm?: Alarm
  /** Told of whatever it had to wait for; `status` has the newest. */
  readonly onError?: (error: KeelsonError) => void
}

export type RelaySettings = Required<RelayOptions>

/** The options with their defaults. @throws KeelsonError `delivery_options_invalid`, `transport_unsupported`. */
export function checkRelayOptions(options: RelayOptions): RelaySettings {
  const settings: RelaySettings = {
    name: 'broker',
    start: 'beginning',
    batchSize: 1_000,
    firstPause: 100,
    longestPause: 10_000,
    checkEvery: 30_000,
    alarm: systemAlarm,
    onError: () => undefined,
    ...options,
  }
  checkSubscriptionName(relaySubscription(settings.name))
  const { batchSize, firstPause, longestPause, checkEvery, source, target } = settings
  if (!Number.isSafeInteger(batchSize) || batchSize < 1 || batchSize > 10_000)
    throw new KeelsonError('delivery_options_invalid', 'batchSize is 1 to 10,000')
  if (!(firstPause >= 1) || !(longestPause >= firstPause))
    throw new KeelsonError('delivery_options_invalid', 'firstPause is at least 1, and longestPause not less')
  if (!(checkEvery >= 1)) throw new KeelsonError('delivery_options_invalid', 'checkEvery is at least 1')
  if (target.send === undefined || source.send !== undefined)
    throw new KeelsonError(
      'transport_unsupported',
      'A relay goes from a transport that reads the log to one that sends to a broker',
    )
  return Object.freeze(settings)
}

export const relaySubscription = (name: string): string => `relay/${name}`
