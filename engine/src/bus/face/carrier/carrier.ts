import type { JsonObject } from '../../../core/index.ts'
import type { DeliveryOptions, DeliveryStatus } from '../../delivery/index.ts'
import type { Deliverable } from '../../flow/index.ts'
import type { PublishOptions } from '../../publish/with-delivery.ts'

/** An event that a channel has taken, checked and copied. */
export interface AcceptedEvent extends Deliverable {
  readonly channel: string
  readonly eventId: string
  /** In the bus's form, with its tenant and channel in its metadata. */
  readonly event: JsonObject
  readonly options: Pick<PublishOptions, 'priority' | 'idempotencyKey' | 'deliveryDeadline'>
  /** Where it crosses to another tenant, that tenant. */
  readonly targetTenantId: string | undefined
  /** Runs work in the context in which the event was emitted. */
  readonly within: <Result>(work: () => Result) => Result
}

/** A subscription that runs. */
export interface RunningDelivery {
  status(): Promise<DeliveryStatus>
  close(): Promise<void>
}

/** What brings the events of channels to their consumers. */
export interface Carrier {
  /** Whether what it has taken survives the process. */
  readonly isDurable: boolean
  /**
   * Takes an event; a promise inside says until when the event's place in its channel is needed.
   * @throws KeelsonError where it does not take it.
   */
  carry(event: AcceptedEvent): Promise<{ readonly handled: Promise<void> | undefined }>
  /** Starts a subscription to a channel. */
  deliver(channel: string, options: DeliveryOptions): RunningDelivery
}
