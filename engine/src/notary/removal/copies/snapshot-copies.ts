import type { EventStore } from '../../../store/index.ts'
import type { CopyRequest, CopyStore } from '../port.ts'
import { documentsOf, tryCommit } from '../tenant-documents.ts'

/** As `createSnapshots` names them: documents `<schema>:<stream>`, and a schema's name has no colon. */
const collection = 'snapshot'
/** Few, for a snapshot can be large. */
const pageSize = 10

/** Snapshots of streams: those of a stream that has an event concerned are deleted, and made anew from what is left. */
export function snapshotCopies(store: EventStore): CopyStore {
  async function* concerned(request: CopyRequest, signal: AbortSignal) {
    const streams = new Map<string, boolean>()
    for await (const document of documentsOf(store, request.tenantId, collection, pageSize)) {
      signal.throwIfAborted()
      const stream = document.id.slice(document.id.indexOf(':') + 1)
      // Several schemas have snapshots of one stream, but not beside each other.
      if (streams.size > 10_000) streams.clear()
      const isConcerned = streams.get(stream) ?? (await request.concernsStream(stream))
      streams.set(stream, isConcerned)
      if (isConcerned) yield document
    }
  }
  return {
    name: 'snapshots',
    async count(request, signal) {
      let count = 0
      for await (const _ of concerned(request, signal)) count += 1
      return count
    },
    async erase(request, signal) {
      const { tenantId } = request
      let removed = 0
      for await (const { id } of concerned(request, signal)) {
        // Whatever its revision: one that was taken at this moment is from the same events.
        await tryCommit(store, { scope: { tenantId }, documents: [{ tenantId, collection, id }] })
        removed += 1
      }
      return { removed }
    },
  }
}
