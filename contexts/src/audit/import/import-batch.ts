import { setTimeout as wait } from 'node:timers/promises'
import type { Clock, EnvelopeInput } from 'keelson'
import type { BatchFacts } from './batch.ts'
import { batchCompleted, batchStarted, validationFailed } from './batch.ts'
import { BatchPublisher } from './input/batch-publisher.ts'
import type { EventSink, PublishResult } from './port.ts'
import type { ImportOptions, ImportResult } from './run.ts'
import { importEvents } from './run.ts'

export interface ImportBatchOptions extends Omit<ImportOptions, 'onRefused' | 'onFirstStored'> {
  readonly batchId: string
  readonly clock: Clock
  readonly tenantId?: string
}

export interface ImportBatchResult extends ImportResult {
  /** Whether the import stored anything, and so the events about itself. */
  readonly isRecorded: boolean
}

/**
 * Imports a file and records the import in the log it fills. What is stored when:
 *
 * 1. Events are stored as they are read. Those that are in the log already count as duplicates and add nothing.
 * 2. A record that gives no event is stored as AuditEventValidationFailed under an id made of its content, once ever.
 * 3. BatchIngestionStarted follows as soon as the first event, or report of a refusal, was new. It stands a batch
 *    behind the first events, because before them nobody knows whether there is anything new.
 * 4. BatchIngestionCompleted comes last, if there was a BatchIngestionStarted, with the counts of this run.
 *
 * So the same import for a second time stores nothing at all. One that was stopped half way leaves events and a
 * BatchIngestionStarted without a Completed, which is what happened; run again, it stores what was missing, then
 * Completed, in which the events of the first run are duplicates (with the same batchId the Started stays the first).
 * One that was stopped after its last event but before its Completed stays without: nothing is missing but that.
 */
export async function importBatch(options: ImportBatchOptions): Promise<ImportBatchResult> {
  const { importer, origin = {}, clock, sink, signal, batchId, tenantId } = options
  const source = origin.source ?? importer.format
  const batch: BatchFacts = { batchId, source, ...(tenantId === undefined ? {} : { tenantId }) }
  const sleep =
    options.sleep ?? ((delay, abort) => wait(delay, undefined, abort === undefined ? {} : { signal: abort }))
  const now = () => new Date(clock.now()).toISOString()
  const record = (event: EnvelopeInput) => publishOne(event, { sink, sleep, signal })
  const startedAt = clock.now()
  let started: Promise<void> | undefined
  const start = (): Promise<void> => {
    const { fileName } = origin
    const facts = {
      format: importer.format,
      occurredAt: now(),
      ...(fileName === undefined ? {} : { fileName }),
    }
    started ??= record(batchStarted(batch, facts))
    return started
  }
  const reports = new BatchPublisher<undefined>({
    sink,
    sleep,
    signal,
    onSettled: (_, result) => (isNew(result) ? start() : undefined),
  })
  try {
    const result = await importEvents({
      ...options,
      sleep,
      onFirstStored: start,
      onRefused: refused =>
        reports.add(validationFailed(batch, refused, now()), undefined, refused.original.length),
    })
    await reports.finish()
    if (started === undefined) return { ...result, isRecorded: false }
    await record(
      batchCompleted(batch, { progress: result, duration: clock.now() - startedAt, occurredAt: now() }),
    )
    return { ...result, isRecorded: true }
  } finally {
    await reports.rest()
  }
}

/**
 * Whether this was not in the log before. The events about an import have ids of their content but the time of the
 * run, so that a conflict says the same as a duplicate: it was recorded before.
 */
function isNew(result: PublishResult): boolean {
  if (result.ok) return !result.duplicate
  if (result.error.code === 'event_id_conflict') return false
  throw result.error
}

type Publishing = Pick<ConstructorParameters<typeof BatchPublisher>[0], 'sleep' | 'signal'> & {
  readonly sink: EventSink
}

async function publishOne(event: EnvelopeInput, publishing: Publishing): Promise<void> {
  const publisher = new BatchPublisher<undefined>({
    ...publishing,
    onSettled: (_, result) => {
      isNew(result)
    },
  })
  await publisher.add(event, undefined, 0)
  await publisher.finish()
}
