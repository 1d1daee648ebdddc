import type { Envelope } from '../core/index.ts'
import type { StoreCapabilities } from '../store/index.ts'
import type { Filter } from './filter/filter.ts'
import type { Attempt } from './record/attempt.ts'

/** `native`: the transport does it; `emulated`: the adapter does; `refused`: who asks for it gets an error. */
export type Support = 'native' | 'emulated' | 'refused'

/** What an adapter can do; data, so that callers and tests can ask. */
export interface TransportCapabilities {
  readonly name: string
  readonly order: Support
  /** Ordering keys of a subscription's own, other than the stream; left out is emulated. */
  readonly orderingKeys?: Support
  readonly duplicates: Support
  readonly schedule: Support
  readonly ttl: Support
  readonly filters: Support
  readonly deadLetters: Support
  /** That one tenant's flood does not hold up what others have behind it; left out is emulated. */
  readonly fairness?: Support
  readonly leases: Support
  /** Each has an order and an owner of its own. */
  readonly partitions: number
  /** Dialect of a unit's statements. */
  readonly sql: StoreCapabilities['sql']
}

/** Where a subscription begins when it is new; later it goes on where it stood. `time` is RFC 3339. */
export type Start = 'beginning' | 'now' | { readonly position: number } | { readonly time: string }

export interface ReceiverSpec {
  /** Names the subscription. */
  readonly subscription: string
  /** From 0; default 0. */
  readonly partition?: number
  /** Only events of this tenant; default those of every tenant. */
  readonly tenantId?: string
  readonly types?: readonly string[]
  readonly topics?: readonly string[]
  readonly filter?: Filter
  /** Default the stream. */
  readonly orderingKey?: (event: Envelope) => string | undefined
  readonly start: Start
  /** Strictly as the log has them, whoever floods it and whatever is for later, as a relay takes them; of logs alone. */
  readonly inLogOrder?: boolean
  /** Deliveries that may be in hand, or done and not yet kept as such. */
  readonly window: number
}

export interface SetAsideOptions {
  /** The try that led to it, where there was one. */
  readonly attempt?: Attempt
  readonly parksKey?: boolean
}

/** What is kept until its `deliverAt`: not done before it was handled, also where its time has come. */
export interface ScheduledStatus {
  /** Counted up to 1,000. */
  readonly waiting: number
  /** When the first of them is due, in milliseconds since the epoch; undefined where there is none. */
  readonly nextAt: number | undefined
}

export interface ReceiverStatus {
  readonly isOwner: boolean
  /** Name of whoever owns it; undefined for nobody. */
  readonly owner: string | undefined
  /** Everything up to here is done, waits for a retry or is set aside. */
  readonly position: number
  /**
   * Events that it would still get, and the age of the oldest of them. Where a filter lets through only some, and more
   * than a hundred are left, the others of its tenant (of every tenant, where it is about all) count too.
   */
  readonly lag: { readonly events: number; readonly seconds: number }
  /** Waiting for a retry, and set aside; counted up to 1,000. */
  readonly waiting: number
  readonly setAside: number
  /** No other figure has these; undefined where only the broker knows. */
  readonly scheduled: ScheduledStatus | undefined
}
