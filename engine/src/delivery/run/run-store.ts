import { randomBytes } from 'node:crypto'
import { KeelsonError } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'
import type { Alarm } from '../../transport/index.ts'
import { systemAlarm } from '../../transport/index.ts'
import type { RunRecord, RunStep } from './run-record.ts'
import { isEnded, readRun, runChange, runCollection } from './run-record.ts'
import { tryCommit } from './try-commit.ts'

/** Names one run. */
export interface RunAddress {
  readonly tenantId: string
  readonly id: string
}

export interface RunQuery {
  readonly tenantId: string
  readonly kind?: RunRecord['kind']
  readonly subscription?: string
  readonly state?: RunRecord['state']
  /** `next` of the page before. */
  readonly after?: string
  /** Default 100, at most 1,000. */
  readonly limit?: number
}

export interface RunPage {
  /** The newest first. */
  readonly runs: readonly RunRecord[]
  /** To be given as `after` for the next page; undefined on the last one. */
  readonly next: string | undefined
}

/** Runs of a tenant that are kept; of more, the oldest that have ended are forgotten. */
const mostKept = 1_000
const mostSteps = 100
/** Later than any run begins: what is left of it is smaller the later a run begins, and documents are sorted by id. */
const endOfTime = 9_999_999_999_999

type NewRun = Pick<
  RunRecord,
  | 'tenantId'
  | 'kind'
  | 'subscription'
  | 'startedBy'
  | 'query'
  | 'ratePerSecond'
  | 'withSideEffects'
  | 'progress'
  | 'cursor'
  | 'leaseUntil'
> & { readonly owner: string }

export async function createRun(store: EventStore, run: NewRun, now: number): Promise<RunRecord> {
  await forgetOld(store, run.tenantId)
  const record: RunRecord = {
    ...run,
    id: `${String(endOfTime - now).padStart(13, '0')}-${randomBytes(5).toString('hex')}`,
    state: 'running',
    startedAt: now,
    updatedAt: now,
    steps: [],
    revision: 0,
  }
  await store.commit({ scope: { tenantId: run.tenantId }, documents: [runChange(record)] })
  return { ...record, revision: 1 }
}

/** Runs of replays of a tenant, the newest first. */
export async function listReplays(store: EventStore, query: RunQuery): Promise<RunPage> {
  const { tenantId, kind, subscription, state, limit = 100 } = query
  const most = Math.max(1, Math.min(1_000, limit))
  const runs: RunRecord[] = []
  for (let { after } = query; ; ) {
    const page = await store.documents({ tenantId }, runCollection, {
      limit: 1_000,
      ...(after === undefined ? {} : { after }),
    })
    for (const run of page.flatMap(document => readRun(document) ?? [])) {
      const isMeant =
        (kind === undefined || run.kind === kind) &&
        (subscription === undefined || run.subscription === subscription) &&
        (state === undefined || run.state === state)
      if (!isMeant) continue
      if (runs.length === most) return { runs, next: runs.at(-1)?.id }
      runs.push(run)
    }
    after = page.at(-1)?.id
    if (page.length < 1_000) return { runs, next: undefined }
  }
}

/** @throws KeelsonError `run_unknown`. */
export async function showReplay(store: EventStore, { tenantId, id }: RunAddress): Promise<RunRecord> {
  const document = await store.document(tenantId, runCollection, id)
  const run = document && readRun(document)
  if (run === undefined) throw new KeelsonError('run_unknown', undefined, { tenantId, id })
  return run
}

export interface SteerOptions {
  readonly by: string
  readonly alarm?: Alarm
}

/**
 * Nothing more begins until it is resumed; what is with the handler ends. Whoever works on the run, in whatever process,
 * knows of it within a second. @throws KeelsonError `run_unknown`, `run_ended`.
 */
export const pauseReplay = (store: EventStore, run: RunAddress, options: SteerOptions): Promise<RunRecord> =>
  steer(store, run, 'pause', options)

/** @throws KeelsonError `run_unknown`, `run_ended`. */
export const resumeReplay = (store: EventStore, run: RunAddress, options: SteerOptions): Promise<RunRecord> =>
  steer(store, run, 'resume', options)

/** Ends it; what was replayed stays so. @throws KeelsonError `run_unknown`, `run_ended`. */
export const abortReplay = (store: EventStore, run: RunAddress, options: SteerOptions): Promise<RunRecord> =>
  steer(store, run, 'abort', options)

const stateAfter = { pause: 'paused', resume: 'running', abort: 'aborted' } as const

async function steer(
  store: EventStore,
  address: RunAddress,
  action: RunStep['action'],
  { by, alarm = systemAlarm }: SteerOptions,
): Promise<RunRecord> {
  for (;;) {
    const run = await showReplay(store, address)
    const state = stateAfter[action]
    if (isEnded(run) || run.state === state) throw new KeelsonError('run_ended', `The run is ${run.state}`)
    const at = alarm.now()
    const steered: RunRecord = {
      ...run,
      state,
      updatedAt: at,
      ...(action === 'abort' ? { endedAt: at } : {}),
      steps: [...run.steps, { at, by, action }].slice(-mostSteps),
    }
    if (await tryCommit(store, run.tenantId, [runChange(steered)]))
      return { ...steered, revision: run.revision + 1 }
  }
}

async function forgetOld(store: EventStore, tenantId: string): Promise<void> {
  const newest = await store.documents({ tenantId }, runCollection, { limit: mostKept })
  const after = newest.at(-1)?.id
  if (newest.length < mostKept || after === undefined) return
  const rest = await store.documents({ tenantId }, runCollection, { after, limit: 100 })
  const old = rest.filter(document => isEnded(readRun(document) ?? { state: 'done' }))
  const documents = old.map(({ collection, id, revision }) => ({
    tenantId,
    collection,
    id,
    expected: revision,
  }))
  if (documents.length > 0) await tryCommit(store, tenantId, documents)
}
