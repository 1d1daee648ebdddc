import type { Clock, IdSource, JsonObject, JsonValue } from '../../../core/index.ts'
import { createIdSource, isJsonObject, KeelsonError, toKeelsonError } from '../../../core/index.ts'
import type { Document, EventStore } from '../../../store/index.ts'
import { pause } from '../options.ts'
import { isPassing } from '../passing.ts'
import type { CheckSummary, NotaryAlarm } from '../port.ts'
import type { RecordEvent } from '../publish/meta-log.ts'
import { logCollections } from '../tree/log-state.ts'
import { checkEvents } from './check-events.ts'
import type { CheckLogOptions, LogCheckReport } from './check-log.ts'
import type { CheckProgress } from './entry/check-progress.ts'

export interface IntegrityOptions {
  readonly store: EventStore
  readonly clock: Clock
  /** Checks a tenant's log; see `checkLog`. */
  readonly check: (tenantId: string, options: CheckLogOptions) => Promise<LogCheckReport>
  /** Publishes what was found, in the tenant's own log. */
  readonly record: RecordEvent
  /** Told where a check cannot be done now, once until one is. */
  readonly onAlarm?: (alarm: NotaryAlarm) => void
  readonly ids?: IdSource
  /** Milliseconds between two checks of a tenant; default a day. */
  readonly every?: number
  /** Entries a second; default 2,000. */
  readonly rate?: number
  /** Milliseconds between two looks at what is due; default a minute. */
  readonly poll?: number
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

interface CheckState {
  readonly last?: CheckSummary
  /** Of the check that is going on, or was cut off. */
  readonly progress?: CheckProgress
}

/** Tenants that are looked up at once. */
const page = 20
/** Milliseconds after which another process goes on with a check that no one tells of any more. */
const lease = 15 * 60_000
const retryAfter = 10 * 60_000

/**
 * Checks every tenant's log in turn, each once a day; what is due stands in the store, so that a restart goes on, and of
 * several processes one does each check. A fault is told when a second check has found it too.
 */
export class IntegrityChecks {
  readonly #options: Required<IntegrityOptions>
  readonly #stop = new AbortController()
  #running: Promise<void> | undefined
  /** What was told of a tenant, and of all under no name. */
  readonly #told = new Map<string | undefined, string>()

  constructor(options: IntegrityOptions) {
    this.#options = {
      onAlarm: () => undefined,
      ids: createIdSource(options.clock),
      every: 86_400_000,
      rate: 2_000,
      poll: 60_000,
      wait: pause,
      ...options,
    }
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Breaks off what is being checked; it is gone on with later. May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  /** Checks what is due now. Gives how many tenants that were. */
  async round(): Promise<number> {
    const { store, clock } = this.#options
    const due = await store.documents({ tenantId: 'every tenant' }, logCollections.check, {
      dueUntil: clock.now(),
      limit: page,
    })
    let checked = 0
    for (const document of due) {
      if (this.#stop.signal.aborted) break
      if (await this.#one(document)) checked += 1
    }
    return checked
  }

  /** Keeps what a check has found that somebody asked for; when the next one is due stays as it was. */
  async remember(tenantId: string, { size, isSound, reason }: LogCheckReport): Promise<void> {
    const { store, clock } = this.#options
    const [document] = await store.documents({ tenantId }, logCollections.check, { limit: 1 })
    if (!document) return
    const { id, revision, value, due } = document
    const last = { at: new Date(clock.now()).toISOString(), size, isSound, reason }
    const state: CheckState = { ...readState(value), last }
    const change = { tenantId, collection: logCollections.check, id, expected: revision }
    const kept = { ...change, value: JSON.parse(JSON.stringify(state)) as JsonObject }
    await store
      .commit({ scope: { tenantId }, documents: [due === undefined ? kept : { ...kept, due }] })
      .catch(error => {
        // The scheduled check has come between: it tells the same, and later.
        if (!(error instanceof KeelsonError) || error.code !== 'document_conflict') throw error
      })
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const checked = await this.round().then(
        count => {
          this.#told.delete(undefined)
          return count
        },
        error => {
          this.#tell(undefined, error)
          return 0
        },
      )
      if (checked < page) await this.#options.wait(this.#options.poll, this.#stop.signal)
    }
  }

  /** Whether the check was this process's to do, and was done. */
  async #one({ tenantId, id, revision, value }: Document): Promise<boolean> {
    const { clock, every } = this.#options
    const seat = { tenantId, id, revision, state: readState(value) }
    try {
      if (!(await this.#keep(seat, lease))) return false
      const report = await this.#check(seat)
      await this.#publish(tenantId, report)
      const { size, isSound, reason } = report
      const at = new Date(clock.now()).toISOString()
      seat.state = { last: { at, size, isSound, reason } }
      await this.#keep(seat, every)
      this.#told.delete(tenantId)
      return true
    } catch (error) {
      if (this.#stop.signal.aborted || isTakenOver(error)) return false
      // What cannot be reached now is checked later.
      this.#tell(tenantId, error)
      await this.#keep(seat, retryAfter).catch(() => false)
      return false
    }
  }

  async #check(seat: Seat): Promise<LogCheckReport> {
    const { check, rate } = this.#options
    const { signal } = this.#stop
    const keep = async (progress: CheckProgress | undefined): Promise<void> => {
      if (progress !== undefined) seat.state = { ...seat.state, progress }
      if (!(await this.#keep(seat, lease))) throw new KeelsonError('document_conflict')
    }
    const { progress } = seat.state
    let ended: Ended = { size: 0, index: 0, position: 0 }
    const onProgress = (index: number, size: number, position: number): void => {
      ended = { size, index, position }
    }
    const how = { signal, rate, keep, onProgress }
    const report = await check(
      seat.tenantId,
      progress === undefined ? how : { ...how, resume: progress },
    ).catch(error => this.#unforeseen(error, ended))
    if (report.isSound) return report
    // Anew from the beginning, so that neither a fault of reading nor of what was remembered is told.
    ended = { size: 0, index: 0, position: 0 }
    const again = { signal, rate, onProgress, keep: () => keep(undefined) }
    return check(seat.tenantId, again).catch(error => this.#unforeseen(error, ended))
  }

  /** An error that a check ends with is a fault of the log, unless the same check can succeed later. */
  #unforeseen(error: unknown, { size, ...endedAt }: Ended): LogCheckReport {
    if (this.#stop.signal.aborted || isTakenOver(error) || isPassing(error)) throw error
    const { code } = toKeelsonError(error)
    const reason = `The log could not be checked to its end [${code}]`
    return {
      size,
      root: '',
      isSound: false,
      reason,
      faults: [{ kind: 'content-altered', reason, code, endedAt }],
      faultCount: 1,
      signature: undefined,
      entries: endedAt.index,
      explained: 0,
      unseen: 0,
      milliseconds: 0,
    }
  }

  /** Once for each thing, until a check is done. */
  #tell(tenantId: string | undefined, error: unknown): void {
    const { code, message } = toKeelsonError(error)
    if (this.#told.get(tenantId) === code) return
    this.#told.set(tenantId, code)
    this.#options.onAlarm({
      kind: 'check-failed',
      tenantId,
      message: `A check of the log is put off: ${message}`,
    })
  }

  async #publish(tenantId: string, report: LogCheckReport): Promise<void> {
    const { ids, clock, record } = this.#options
    const run = { tenantId, checkId: ids.ulid(), checkedAt: new Date(clock.now()).toISOString() }
    for (const { eventType, payload } of checkEvents(report, run)) await record(tenantId, eventType, payload)
  }

  /** False where another process has changed it, or the tenant is gone. */
  async #keep(seat: Seat, after: number): Promise<boolean> {
    const { store, clock } = this.#options
    const { tenantId, id, revision, state } = seat
    const value = JSON.parse(JSON.stringify(state)) as JsonObject
    const due = clock.now() + after
    const document = { tenantId, collection: logCollections.check, id, value, due, expected: revision }
    try {
      await store.commit({ scope: { tenantId }, documents: [document] })
      seat.revision += 1
      return true
    } catch (error) {
      if (error instanceof KeelsonError && error.code === 'document_conflict') return false
      throw error
    }
  }
}

/** How far a check was, and of what size its checkpoint. */
interface Ended {
  readonly size: number
  /** Index of the first entry that was not checked, and position of the one before it. */
  readonly index: number
  readonly position: number
}

/** A tenant's check while this process does it. */
interface Seat {
  readonly tenantId: string
  readonly id: string
  revision: number
  state: CheckState
}

const readState = (value: JsonValue): CheckState =>
  isJsonObject(value) ? (value as unknown as CheckState) : {}

const isTakenOver = (error: unknown): boolean =>
  error instanceof KeelsonError && error.code === 'document_conflict'
