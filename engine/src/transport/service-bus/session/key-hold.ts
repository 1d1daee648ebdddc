import type { ServiceBusReceivedMessage } from '@azure/service-bus'

export interface Burial {
  readonly reason: string
  readonly description: string
  readonly properties?: Record<string, boolean>
}

/** A key as long as this process has it: what may be said about its messages. */
export interface KeyHold {
  /** @throws KeelsonError `subscription_lost` where the key has gone: the message comes again. */
  complete(message: ServiceBusReceivedMessage): Promise<void>
  /** Puts it among the broker's dead letters. @throws KeelsonError `subscription_lost`. */
  deadLetter(message: ServiceBusReceivedMessage, why: Burial): Promise<void>
  /** It is decided what becomes of a delivery: that the key is lost is nothing to it any more. */
  release(): void
}
