import type { EventStore } from '../port.ts'

/** A store that does all that the given one does, but for the calls that are its own. */
export function extendStore(store: EventStore, own: Partial<EventStore>): EventStore {
  return {
    capabilities: store.capabilities,
    append: (...given) => store.append(...given),
    readStream: (...given) => store.readStream(...given),
    readAll: (...given) => store.readAll(...given),
    tail: (...given) => store.tail(...given),
    readEvent: (...given) => store.readEvent(...given),
    readPositions: (...given) => store.readPositions(...given),
    reveal: (...given) => store.reveal(...given),
    leaves: (...given) => store.leaves(...given),
    head: (...given) => store.head(...given),
    stream: (...given) => store.stream(...given),
    commit: (...given) => store.commit(...given),
    checkpoint: (...given) => store.checkpoint(...given),
    document: (...given) => store.document(...given),
    documents: (...given) => store.documents(...given),
    collections: (...given) => store.collections(...given),
    define: (...given) => store.define(...given),
    query: (...given) => store.query(...given),
    deleteTenant: (...given) => store.deleteTenant(...given),
    purge: () => store.purge(),
    close: () => store.close(),
    ...own,
  }
}
