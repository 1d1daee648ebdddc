import type { ErrorCode } from '../../core/index.ts'

/** Why a relay waits, or waited the last time. */
export interface RelayFault {
  readonly code: ErrorCode
  readonly message: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface RelayPartitionStatus {
  readonly partition: number
  /** Whether this process takes the partition's events. */
  readonly isLeader: boolean
  /** Name of whoever does; undefined for nobody. */
  readonly leader: string | undefined
  /** Everything up to here is on the broker or set aside. */
  readonly position: number
  /** Events that are not there yet, and the age of the oldest of them in seconds. */
  readonly backlog: { readonly events: number; readonly seconds: number }
  /** Events that were too large for the broker, or refused for good; dead letters of the relay's subscription. */
  readonly setAside: number
  /** Since it was started: taken by the broker, known to it already, and sent again because it had lost them. */
  readonly sent: number
  readonly duplicates: number
  readonly sentAgain: number
  /** Tries that failed in a row; 0 where all goes well. */
  readonly failures: number
  readonly error: RelayFault | undefined
}

export interface RelayStatus {
  readonly name: string
  /** Name of its subscription, under which its dead letters are. */
  readonly subscription: string
  readonly state: 'idle' | 'running' | 'draining' | 'closed'
  /** Name of the transport that it sends to. */
  readonly target: string
  readonly partitions: readonly RelayPartitionStatus[]
}
