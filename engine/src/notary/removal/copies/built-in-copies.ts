import type { EventStore } from '../../../store/index.ts'
import type { CopyStore } from '../port.ts'
import type { DocumentCopiesOptions } from './document-copies.ts'
import { documentCopies } from './document-copies.ts'
import { snapshotCopies } from './snapshot-copies.ts'

export interface BuiltInCopiesOptions {
  /**
   * Collections of documents that have events in them, or what is said of events: of outboxes, dead letters, deliveries that
   * wait or are scheduled, timers.
   */
  readonly collections: DocumentCopiesOptions['collections']
}

/** What a store keeps of events beside its log: snapshots, and the documents of these collections. */
export const builtInCopies = (
  store: EventStore,
  { collections }: BuiltInCopiesOptions,
): readonly CopyStore[] => [snapshotCopies(store), documentCopies(store, { name: 'documents', collections })]
