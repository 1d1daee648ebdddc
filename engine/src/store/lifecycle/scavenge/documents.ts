import { inboxCollection } from '../../facet/inbox.ts'
import { snapshotCollection } from '../../facet/snapshots.ts'
import type { Document } from '../../types.ts'
import type { Scavenging } from './scavenging.ts'
import { deleteDocuments, pagesOf } from './scavenging.ts'

/** Few, for a snapshot can be large. */
const snapshotPage = 10

/** Removes snapshots of streams that are tombstoned or not there. */
export async function scavengeSnapshots(scavenging: Scavenging): Promise<void> {
  for await (const page of pagesOf(scavenging, snapshotCollection, snapshotPage)) {
    const gone: Document[] = []
    for (const document of page) {
      // The name is `<schema>:<stream>`, and a schema's has no colon.
      const stream = document.id.slice(document.id.indexOf(':') + 1)
      const info = stream === '' ? undefined : await scavenging.store.stream(scavenging.tenantId, stream)
      if (!info || info.state === 'tombstoned') gone.push(document)
    }
    await deleteDocuments(scavenging, gone, 'snapshots')
  }
}

/** Removes the inbox's claims that may be forgotten. */
export async function scavengeInbox(scavenging: Scavenging): Promise<void> {
  const { now } = scavenging
  for await (const page of pagesOf(scavenging, inboxCollection, 500)) {
    const expired = page.filter(({ due }) => due !== undefined && due <= now)
    await deleteDocuments(scavenging, expired, 'inbox')
  }
}
