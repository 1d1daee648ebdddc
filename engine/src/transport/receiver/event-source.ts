import type { EventFilter, EventStore, RecordedEvent, Scope } from '../../store/index.ts'

/** Where a partition's owner has its events from: those of its scope and filter, each once, in the order of the log. */
export interface EventSource {
  /** What is at hand, at most `max`. @throws what went wrong; the next call goes on behind what was given. */
  take(max: number): readonly RecordedEvent[]
  /** Looks for more where nothing is at hand; `onMore` is told when there is something to take or to throw. */
  fetch(): void
  /** Whether nothing will come any more. */
  readonly isOver: boolean
  close(): Promise<void>
}

export interface SourceOptions {
  /** Events behind this position. */
  readonly after: number
  readonly scope: Scope
  readonly partition: number
  readonly filter: EventFilter | undefined
  readonly onMore: () => void
}

export type OpenSource = (store: EventStore, options: SourceOptions) => EventSource
