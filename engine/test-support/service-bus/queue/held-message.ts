import type { Message } from 'rhea'

/** Who may settle a message, until when in milliseconds since the epoch. The holder is the link that has it. */
export interface MessageLock {
  readonly token: string
  readonly holder: object
  until: number
}

export type MessageState = 'active' | 'deferred' | 'scheduled'

/** A message as a queue holds it. */
export interface HeldMessage {
  /** From 1, in the order in which messages became available. */
  readonly sequence: number
  message: Message
  readonly session: string | undefined
  /** Milliseconds since the epoch. */
  readonly enqueuedAt: number
  readonly expiresAt: number
  deliveryCount: number
  state: MessageState
  lock: MessageLock | undefined
}

/** What is known of a message that a queue is to take. */
export interface NewMessage {
  readonly message: Message
  readonly deliveryCount?: number
}

export const sessionOf = ({ group_id }: Message): string | undefined => group_id ?? undefined

/** When a message is over: the shorter of its own time to live and the queue's. */
export const expiryOf = ({ ttl }: Message, now: number, longest: number): number =>
  now + Math.min(ttl ?? Number.POSITIVE_INFINITY, longest)
