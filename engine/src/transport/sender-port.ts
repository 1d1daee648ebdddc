import type { KeelsonError } from '../core/index.ts'
import type { RecordedEvent } from '../store/index.ts'

/** What became of an event that was sent; an error says that this one will never be taken, such as one too large. */
export type SendResult = { readonly duplicate: boolean } | { readonly error: KeelsonError }

/** Used by one process at a time: whoever was overtaken gets `sender_overtaken`, and nothing of its call is sent. */
export interface Sender {
  /** Position of the newest event that the broker has of the partition; undefined where it cannot tell. */
  begin(): Promise<number | undefined>
  /** In the order given, durable as the broker has it when it resolves. A result for each; after a throw any may be sent. */
  send(events: readonly RecordedEvent[], signal: AbortSignal): Promise<readonly SendResult[]>
  /** May be called twice. */
  close(): Promise<void>
}
