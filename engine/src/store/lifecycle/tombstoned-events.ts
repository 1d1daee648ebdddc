import type { JsonObject } from '../../core/index.ts'
import type { EventStore } from '../port.ts'
import type { Document, DocumentChange, RecordedEvent } from '../types.ts'
import { streamDigest } from './stream-lifecycle.ts'

/** Lists of the events of tombstoned streams whose content is still to be removed. */
export const tombstonedCollection = 'tombstoned-events'

const maxPositions = 5_000

/** Where some events of a stream stand, in order of version. */
export interface PositionList {
  readonly stream: string
  readonly positions: readonly number[]
}

/** Lists where a stream's events stand, in documents of bounded size. */
export interface PositionLists {
  /** Version of the newest event that was added, 0 before the first. */
  readonly version: number
  /** Events come in order of version. */
  add(event: RecordedEvent): Promise<void>
  /** What is not stored yet, for a unit of work. */
  last(): readonly DocumentChange[]
}

export function createPositionLists(store: EventStore, tenantId: string, stream: string): PositionLists {
  let version = 0
  let positions: number[] = []
  const last = (): readonly DocumentChange[] => {
    if (positions.length === 0) return []
    // Named by its last version: what a try before this one has left is written over.
    const id = `${streamDigest(stream)}:${String(version).padStart(16, '0')}`
    return [{ tenantId, collection: tombstonedCollection, id, value: { stream, positions: [...positions] } }]
  }
  return {
    get version() {
      return version
    },
    async add(event) {
      if (positions.length === maxPositions) {
        await store.commit({ scope: { tenantId }, documents: last() })
        positions = []
      }
      version = event.version
      positions.push(event.position)
    },
    last,
  }
}

export function positionListOf({ value }: Document): PositionList {
  const { stream, positions } = value as JsonObject
  return { stream: String(stream), positions: positions as number[] }
}
