import type { Document, RecordedEvent } from '../../types.ts'
import { loadLifecycle, streamDigest } from '../stream-lifecycle.ts'
import { positionListOf, tombstonedCollection } from '../tombstoned-events.ts'
import { removeContent } from './content-remover.ts'
import type { Scavenging } from './scavenging.ts'
import { deleteDocuments } from './scavenging.ts'

/** Events that are in memory at a time. */
const readSize = 100

/** Removes the content of tombstoned streams, by the lists that were made when they were tombstoned. */
export async function scavengeTombstoned(scavenging: Scavenging): Promise<void> {
  const { store, tenantId } = scavenging
  let after = ''
  for (;;) {
    const options = { limit: 1, ...(after !== '' && { after }) }
    const [first] = await store.documents({ tenantId }, tombstonedCollection, options)
    if (!first) return
    const { stream } = positionListOf(first)
    const { value } = await loadLifecycle(store, tenantId, stream)
    // Lists of a stream that was not tombstoned after all are left by a try that failed.
    if (value.tombstonedBy !== undefined) await scavengeStream(scavenging, stream)
    // Digits come before it, so this is behind the stream's last list.
    after = `${streamDigest(stream)}:~`
    scavenging.step()
  }
}

async function scavengeStream(scavenging: Scavenging, stream: string): Promise<void> {
  const isDone = await removeContent(scavenging, 'tombstoned', stream, listedEvents(scavenging, stream))
  if (!isDone || scavenging.dryRun) return
  for await (const lists of listsOf(scavenging, stream)) await deleteDocuments(scavenging, lists)
}

/** The events of all lists of a stream, in order of version, each once. */
async function* listedEvents(scavenging: Scavenging, stream: string): AsyncGenerator<RecordedEvent> {
  const { store, tenantId } = scavenging
  let version = 0
  for await (const lists of listsOf(scavenging, stream)) {
    for (const { positions } of lists.map(positionListOf)) {
      for (let from = 0; from < positions.length; from += readSize) {
        for (const event of await store.readPositions(tenantId, positions.slice(from, from + readSize))) {
          if (event.version <= version) continue
          version = event.version
          yield event
        }
      }
    }
  }
}

async function* listsOf(
  { store, tenantId }: Scavenging,
  stream: string,
): AsyncGenerator<readonly Document[]> {
  for (let after = `${streamDigest(stream)}:`; ; ) {
    const page = await store.documents({ tenantId }, tombstonedCollection, { after, limit: 10 })
    const lists = page.filter(one => positionListOf(one).stream === stream)
    if (lists.length > 0) yield lists
    if (lists.length < 10) return
    after = lists.at(-1)?.id ?? after
  }
}
