import type { Envelope, JsonValue } from '../core/index.ts'
import type { UnitPart } from '../store/index.ts'
import type { ReceiverSpec, ReceiverStatus, SetAsideOptions, TransportCapabilities } from './port-types.ts'
import type { Attempt, DeadLetterReason } from './record/attempt.ts'
import type { ReplayedLetter } from './record/trouble.ts'
import type { Sender } from './sender-port.ts'

/** What carries events to subscriptions. The contract suite in `testing/` holds every adapter to each sentence below. */
export interface Transport {
  readonly capabilities: TransportCapabilities
  /** Makes a receiver; it asks nothing of the transport before its first pull. */
  receive(spec: ReceiverSpec): Receiver
  /** Takes one partition of the log to a broker; undefined where the log itself is what receivers read. */
  readonly send: ((partition: number) => Sender) | undefined
  /** Frees what it holds. May be called twice; receivers and senders are to be closed before. */
  close(): Promise<void>
}

/** An event on its way to one subscription; in hand from the pull that gave it until it is completed or set aside. */
export interface Delivery {
  readonly eventId: string
  readonly tenantId: string
  readonly eventType: string
  /** Place in the partition's log; of a tenant it is unique. */
  readonly position: number
  /** Of events of one key none is handled before those ahead of it are done; undefined is bound to no order. */
  readonly orderingKey: string | undefined
  /** Milliseconds since the epoch. */
  readonly recordedAt: number
  /** The tries that failed so far, the first one first. */
  readonly attempts: readonly Attempt[]
  /** Set where it comes again from the dead letters; its tries before that are among the attempts. */
  readonly replayOf?: ReplayedLetter | undefined
  /** Not to be handled before this time; undefined is at once. */
  readonly dueAt: number | undefined
  /** Throws where the event's content is not there any more. */
  readonly event: Envelope
}

/**
 * One partition of a subscription, as long as this receiver owns it. Every method but `close` rejects with
 * `subscription_lost` once another one owns it, and then nothing of the call has taken effect.
 */
export interface Receiver {
  /** Waits until it owns the partition and there is something; at most `max`, none only when the signal aborts. */
  pull(max: number, signal: AbortSignal): Promise<readonly Delivery[]>
  /** Durable when it resolves: none of them comes again. The unit takes effect with it, in one transaction, once. */
  complete(deliveries: readonly Delivery[], unit?: UnitPart): Promise<void>
  /** Keeps the failed try; the delivery stays in hand, and comes to the next owner not before `dueAt`. */
  postpone(delivery: Delivery, dueAt: number, attempt: Attempt): Promise<Delivery>
  /** Makes it a dead letter; where it parks the key, later events of the key are to be set aside too. */
  setAside(delivery: Delivery, reason: DeadLetterReason, options?: SetAsideOptions): Promise<void>
  /**
   * Takes back what stands in hand behind a delivery of its key that waits and was never tried; it comes again, in its
   * order, when that one is done. Not to be called while a pull waits. Without it everything stays in hand.
   */
  giveBack?(first: Delivery, behind: readonly Delivery[]): void
  /**
   * The delivery without what was erased since its event was read: it may have been in hand for long. Undefined where
   * nothing can be gone; rejects where that cannot be known.
   */
  reopen?(delivery: Delivery): Promise<Delivery> | undefined
  /** Whether an earlier event of the delivery's key was set aside and the key parked with it. */
  isParked(delivery: Delivery): boolean
  /** Whether it owns the partition: from within the first pull until it is lost or closed. */
  readonly isOwner: boolean
  /** Keeps a small value for the next owner, who finds it in `kept` as soon as it is one. */
  keep(value: JsonValue): Promise<void>
  readonly kept: JsonValue | undefined
  /** To be called at least every `renewEvery` milliseconds: else another may own the partition. */
  renew(): Promise<void>
  readonly renewEvery: number
  status(): Promise<ReceiverStatus>
  /** Finishes what it was told, then lets another own the partition. May be called twice. */
  close(): Promise<void>
}
