import type { JsonObject } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'
import type { Support, Transport, TransportCapabilities } from '../../transport/index.ts'
import type { ManualAlarm } from './manual-alarm.ts'

/** A process that takes part; several share what the fixture has. */
export interface TransportProcess {
  readonly transport: Transport
  /** Ends it without a word: nothing that it does from now on reaches anything. */
  crash(): void
}

export interface SentEvent {
  readonly eventId: string
  readonly tenantId: string
}

export interface EventToSend {
  /** Default `acme`. */
  readonly tenantId?: string
  /** Stream and so ordering key; default `s`. */
  readonly key?: string
  /** Default `SampleHappened`. */
  readonly type?: string
  readonly index?: number
  /** Default a new one; one that was published before makes it a duplicate. */
  readonly eventId?: string
  /** Further members of the payload. */
  readonly properties?: JsonObject
  /** RFC 3339, after which it is not to be handled any more. */
  readonly deadline?: string
  /** RFC 3339, before which it is not to be handled. */
  readonly deliverAt?: string
}

/** A transport to run a case on, with nothing on it. */
export interface TransportFixture {
  readonly capabilities: TransportCapabilities
  readonly alarm: ManualAlarm
  /** Where units take effect and dead letters lie. */
  readonly store: EventStore
  /** Milliseconds of silence after which a process's partitions go to another. */
  readonly leaseTime: number
  /** Milliseconds between looks for what was replayed or let go on. */
  readonly pollEvery: number
  /** Makes events available in this order; resolves when they are durable. */
  publish(events: readonly EventToSend[]): Promise<readonly SentEvent[]>
  open(): TransportProcess
  /** A process whose clock runs ahead by so many milliseconds. */
  openAhead(milliseconds: number): TransportProcess
}

/** One promise of the port, as a test that needs no runner: it returns, or throws saying what was broken. */
export interface TransportContractCase {
  readonly name: string
  /** Capabilities without which it cannot be run; a runner skips the case and names them. */
  readonly needs?: readonly (keyof {
    readonly [Name in keyof TransportCapabilities as TransportCapabilities[Name] extends Support | undefined
      ? Name
      : never]: true
  })[]
  run(fixture: TransportFixture): Promise<void>
}
