import { canonicalJson, KeelsonError } from '../../core/index.ts'
import type { EventStore } from '../port.ts'
import type { RecordedEvent } from '../types.ts'
import type { StoreReader } from './port.ts'
import type { DocumentRow } from './rows.ts'

export interface ExportOptions {
  readonly signal?: AbortSignal
  /** Events and documents written so far. */
  readonly onProgress?: (done: number) => void
}

/** Name and version of the form. */
export const exportFormat = 'keelson-export/1'

/**
 * All that a store has of a tenant, as NDJSON: a line that says what it is, one for each event with its receipt, leaf
 * and body, one for each document, and a last one with the counts, without which the export was cut off. Events that
 * are stored meanwhile are left out. Held in memory is a page at a time.
 *
 * @throws KeelsonError `tenant_unknown` where there is neither an event nor a document.
 */
export async function* exportTenant(
  store: EventStore,
  reader: StoreReader,
  tenantId: string,
  { signal, onProgress }: ExportOptions = {},
): AsyncGenerator<string> {
  const head = await store.head({ tenantId })
  const counts = { events: 0, documents: 0 }
  let headHash = ''
  const first = `${canonicalJson({ format: exportFormat, kind: 'export', tenantId })}\n`
  const tell = () => onProgress?.(counts.events + counts.documents)
  if (head > 0) {
    yield first
    const options = { removed: 'include', ...(signal ? { signal } : {}) } as const
    for await (const event of store.readAll({ tenantId }, options)) {
      if (event.position > head) break
      counts.events += 1
      headHash = event.leafHash
      yield eventLine(event)
      tell()
      if (event.position === head) break
    }
  }
  for await (const page of reader.scan('document', { tenant: tenantId })) {
    signal?.throwIfAborted()
    for (const row of page) {
      if (counts.events + counts.documents === 0) yield first
      counts.documents += 1
      yield documentLine(row)
    }
    tell()
  }
  if (counts.events + counts.documents === 0)
    throw new KeelsonError('tenant_unknown', `The store has nothing of the tenant "${tenantId}"`)
  yield `${canonicalJson({ kind: 'end', ...counts, headHash })}\n`
}

/**
 * The body stands as its bytes are, and is absent where it was archived or removed. What is hidden in it stands beside
 * it: as it is sealed, and in plain text where the store was opened with its keys.
 */
function eventLine(event: RecordedEvent): string {
  const { position, sequence, stream, version, recordedAt, leaf, leafHash, previousHash } = event
  const { bodyState, blind, secrets, disclosures } = event
  const receipt = canonicalJson({
    kind: 'event',
    position,
    sequence,
    stream,
    version,
    recordedAt,
    leaf,
    leafHash,
    previousHash,
    bodyState,
    ...(bodyState === 'present' ? { blind } : {}),
    ...(secrets === '' ? {} : { secrets }),
    ...(disclosures.length === 0 ? {} : { disclosures: [...disclosures] }),
  })
  return bodyState === 'present' ? `${receipt.slice(0, -1)},"event":${event.body}}\n` : `${receipt}\n`
}

function documentLine({ collection, id, revision, due, value }: DocumentRow): string {
  const form = canonicalJson({ kind: 'document', collection, id, revision, ...(due === null ? {} : { due }) })
  return `${form.slice(0, -1)},"value":${value}}\n`
}
