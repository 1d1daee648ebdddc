import type { Document } from '../../types.ts'
import { firstVisible } from '../metadata/first-visible.ts'
import { metadataCollection, metadataOf } from '../metadata/stream-metadata.ts'
import { lifecycleChange, loadLifecycle, wins } from '../stream-lifecycle.ts'
import { removeContent } from './content-remover.ts'
import type { Scavenging } from './scavenging.ts'
import { deleteDocuments, pagesOf } from './scavenging.ts'

/** Removes the content that metadata hides, and metadata of tombstoned streams. */
export async function scavengeHidden(scavenging: Scavenging): Promise<void> {
  for await (const page of pagesOf(scavenging, metadataCollection, 100)) {
    for (const document of page) {
      const info = await scavenging.store.stream(scavenging.tenantId, document.id)
      if (info?.state === 'tombstoned') await deleteDocuments(scavenging, [document], 'metadata')
      else if (info) await scavengeStream(scavenging, document, info.version)
      scavenging.step()
    }
  }
}

async function scavengeStream(scavenging: Scavenging, document: Document, version: number): Promise<void> {
  const { store, tenantId, dryRun, now } = scavenging
  const stream = document.id
  const first = await firstVisible(store, tenantId, stream, metadataOf(document), now)
  const last = Math.min(first - 1, version)
  const { scavengedBefore = 1 } = (await loadLifecycle(store, tenantId, stream)).value
  if (last < scavengedBefore) return
  const range = { after: scavengedBefore - 1, limit: last - scavengedBefore + 1 }
  const events = store.readStream(tenantId, stream, { ...range, removed: 'include' })
  const state = await removeContent(scavenging, 'hidden', stream, events)
  if (!state || dryRun) return
  // Only saves reading them again the next time, so it does not matter where somebody else was faster.
  const value = { ...state.value, scavengedBefore: last + 1 }
  await wins(store, { scope: { tenantId }, documents: [lifecycleChange(state, value)] })
}
