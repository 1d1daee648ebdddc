import type { Clock, ErrorCode, JsonObject } from '../../../core/index.ts'
import { KeelsonError, platformTenant } from '../../../core/index.ts'
import type { Document, EventStore } from '../../../store/index.ts'
import { collections, isConflict, textOf } from '../key-documents.ts'
import type { RewrapOptions, RootKey } from '../port.ts'

/** How far a run is. It is kept as a document of the platform, so that the next goes on where this was cut off. */
interface Run extends JsonObject {
  /** Milliseconds since the epoch: tenants' keys that are due before it were not looked at yet. */
  readonly start: number
  readonly isDone: boolean
  readonly rewrapped: number
  /** Keys that could not be opened; they stay as they are. */
  readonly failed: number
}

interface KeptRun extends Run {
  readonly revision: number
}

export interface RewrapTools {
  readonly store: EventStore
  readonly root: RootKey
  readonly clock: Clock
}

const runId = 'root-run'
/** Keys that are wrapped at the same time, each with two calls of the key store. */
const pageSize = 8
/** Pages in a row of which nothing could be written. */
const maxIdle = 20

/**
 * Wraps every tenant's key under the newest version of the root key. Run it again where processes that do not know that
 * version were still at work: the older versions can go when it gives 0.
 *
 * @throws KeelsonError `key_ring_wrong` at the end, with `failed` and the tenants, where keys could not be opened.
 */
export async function rewrapRoot(
  { store, root, clock }: RewrapTools,
  { signal, onProgress }: RewrapOptions = {},
): Promise<{ readonly rewrapped: number }> {
  let run = await begin(store, clock)
  const tenants = new Set<string>()
  for (let idle = 0; ; ) {
    signal?.throwIfAborted()
    const query = { dueUntil: run.start - 1, limit: pageSize }
    const page = await store.documents({ tenantId: 'every tenant' }, collections.tenantKey, query)
    const outcomes = await Promise.all(page.map(document => rewrap(store, root, document, run.start)))
    for (const [at, outcome] of outcomes.entries())
      if (outcome === 'failed') tenants.add(page[at]?.tenantId as string)
    const count = (wanted: Outcome) => outcomes.filter(outcome => outcome === wanted).length
    idle = page.length > 0 && count('passed over') === page.length ? idle + 1 : 0
    if (idle === maxIdle) throw stuck(page)
    const rewrapped = run.rewrapped + count('rewrapped')
    const failed = run.failed + count('failed')
    run = await keep(store, run, { start: run.start, isDone: page.length === 0, rewrapped, failed })
    onProgress?.({ rewrapped })
    if (!run.isDone) continue
    if (failed > 0) throw closed(failed, [...tenants])
    return { rewrapped }
  }
}

type Outcome = 'current' | 'rewrapped' | 'failed' | 'passed over'

/** Wraps a tenant's key anew where an older version did, and notes that it was looked at. */
async function rewrap(store: EventStore, root: RootKey, document: Document, due: number): Promise<Outcome> {
  const { tenantId, collection, id, revision } = document
  let outcome: Outcome = 'current'
  let wrapped = textOf(document, 'wrapped')
  try {
    if (!(await root.isCurrent(wrapped))) {
      const key = await root.unwrap(wrapped, tenantId)
      wrapped = await root.wrap(key, tenantId)
      key.fill(0)
      outcome = 'rewrapped'
    }
  } catch (error) {
    if (!hasCode(error, 'key_ring_wrong')) throw error
    outcome = 'failed'
  }
  const value = { ...(document.value as JsonObject), wrapped }
  try {
    const change = { tenantId, collection, id, value, due, expected: revision }
    await store.commit({ scope: { tenantId }, documents: [change] })
    return outcome
  } catch (error) {
    // Another run has looked at it, or its tenant is being deleted: it is read again if it is still due.
    if (isConflict(error) || hasCode(error, 'tenant_deleted')) return 'passed over'
    throw error
  }
}

async function begin(store: EventStore, clock: Clock): Promise<KeptRun> {
  const kept = await readRun(store)
  if (kept && !kept.isDone) return kept
  const start = Math.max(clock.now(), (kept?.start ?? 0) + 1)
  return keep(store, kept, { start, isDone: false, rewrapped: 0, failed: 0 })
}

/** Of two runs at once the numbers of one are kept; the keys are looked at by either. */
async function keep(store: EventStore, kept: KeptRun | undefined, run: Run): Promise<KeptRun> {
  const expected = kept?.revision ?? 0
  const place = { tenantId: platformTenant, collection: collections.ring, id: runId }
  try {
    await store.commit({
      scope: { tenantId: platformTenant },
      documents: [{ ...place, value: { ...run }, expected }],
    })
    return { ...run, revision: expected + 1 }
  } catch (error) {
    const now = isConflict(error) ? await readRun(store) : undefined
    if (!now) throw error
    return { ...now, isDone: run.isDone || now.isDone }
  }
}

async function readRun(store: EventStore): Promise<KeptRun | undefined> {
  const document = await store.document(platformTenant, collections.ring, runId)
  return document && { ...(document.value as Run), revision: document.revision }
}

const hasCode = (error: unknown, code: ErrorCode): boolean =>
  error instanceof KeelsonError && error.code === code

function stuck(page: readonly Document[]): KeelsonError {
  const tenants = [...new Set(page.map(({ tenantId }) => tenantId))]
  const message = `Keys of ${tenants.length} tenants change all the time or cannot be written: run it again later`
  return new KeelsonError('document_conflict', message, { tenants })
}

function closed(failed: number, tenants: readonly string[]): KeelsonError {
  const message = `${failed} keys of tenants could not be opened by the root key; the others are wrapped anew`
  return new KeelsonError('key_ring_wrong', message, { failed, tenants: tenants.slice(0, 20) })
}
