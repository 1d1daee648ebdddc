import type { JsonValue } from '../../core/index.ts'
import { KeelsonError, toKeelsonError } from '../../core/index.ts'
import type { EventStore } from '../../store/index.ts'
import type { Alarm } from '../../transport/index.ts'
import type { RunProgress, RunRecord } from './run-record.ts'
import { isEnded, runChange } from './run-record.ts'
import { showReplay } from './run-store.ts'
import { tryCommit } from './try-commit.ts'

/** Milliseconds between two looks at what somebody may want of the run, and for how long it is ours after one. */
const beat = 1_000
export const runLease = 15_000

/** What a run's work asks between its steps, so that it can be steered. */
export interface RunSeat {
  /** Aborts when nothing more may begin: the run was aborted, taken over, or is to end here. */
  readonly signal: AbortSignal
  /** Waits while the run is paused. @throws what the signal was aborted with. */
  turn(): Promise<void>
  /** Keeps how far it has come. */
  keep(progress: RunProgress, cursor: JsonValue): Promise<void>
}

/** Works on a run that is kept in the store: its progress, its lease, and what others make of its state. */
export class RunDriver implements RunSeat {
  readonly #store: EventStore
  readonly #alarm: Alarm
  readonly #over = new AbortController()
  readonly #beating = new AbortController()
  #record: RunRecord
  #last: Promise<unknown> = Promise.resolve()
  #onResume: (() => void)[] = []

  constructor(store: EventStore, record: RunRecord, alarm: Alarm, signal?: AbortSignal) {
    this.#store = store
    this.#record = record
    this.#alarm = alarm
    const stop = () => this.#stop(new KeelsonError('run_lost', 'The process leaves the run'))
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop, { once: true, signal: this.#beating.signal })
  }

  get record(): RunRecord {
    return this.#record
  }

  get signal(): AbortSignal {
    return this.#over.signal
  }

  async turn(): Promise<void> {
    while (this.#record.state === 'paused' && !this.signal.aborted)
      await new Promise<void>(resolve => this.#onResume.push(resolve))
    this.signal.throwIfAborted()
  }

  async keep(progress: RunProgress, cursor: JsonValue): Promise<void> {
    await this.#change(record => ({ ...record, progress, cursor }))
  }

  /**
   * Sees the work through to an end, or to where it cannot go on for now, and gives the run as it is then. Never throws
   * for what the work throws.
   */
  async run(work: (seat: RunSeat) => Promise<RunProgress>): Promise<RunRecord> {
    const beating = this.#beat()
    try {
      const progress = await work(this)
      await this.#end({ state: 'done', progress })
    } catch (error) {
      // What may be over at the next try is for whoever goes on with it then.
      if (this.signal.aborted || isPassing(error)) await this.#letGo()
      else await this.#end({ state: 'failed', error: toKeelsonError(error).message })
    } finally {
      this.#beating.abort('the run is over')
      await beating
    }
    return this.#record
  }

  async #end(change: Partial<RunRecord>): Promise<void> {
    // Somebody who aborts it at the very end is told that it is aborted. Where this cannot be kept now, the run is gone
    // on with when its lease is over.
    await this.#change(record =>
      isEnded(record) ? record : { ...record, ...change, endedAt: this.#alarm.now() },
    ).catch(() => undefined)
  }

  /** Lets another go on with it at once, where it has not ended. */
  async #letGo(): Promise<void> {
    await this.#write(({ owner: _, ...record }) => ({ ...record, leaseUntil: 0 })).catch(() => undefined)
  }

  async #beat(): Promise<void> {
    const { signal } = this.#beating
    while (!signal.aborted) {
      await this.#alarm.wait(beat, signal)
      if (signal.aborted || this.signal.aborted) continue
      // A store that does not answer now is asked again; the lease says for how long the run is ours.
      await this.#change(record => record).catch(() => undefined)
    }
  }

  #change(change: (record: RunRecord) => RunRecord): Promise<void> {
    return this.#write(record => ({
      ...change(record),
      updatedAt: this.#alarm.now(),
      leaseUntil: this.#alarm.now() + runLease,
    }))
  }

  /** One change after the other, each on top of what somebody else may have made of the run. */
  #write(change: (record: RunRecord) => RunRecord): Promise<void> {
    const written = this.#last.then(async () => {
      for (;;) {
        const next = change(this.#record)
        if (await tryCommit(this.#store, next.tenantId, [runChange(next)])) {
          this.#take({ ...next, revision: next.revision + 1 })
          return
        }
        this.#take(await this.#read())
      }
    })
    this.#last = written.catch(() => undefined)
    return written
  }

  async #read(): Promise<RunRecord> {
    const { owner } = this.#record
    const found = await showReplay(this.#store, this.#record)
    if (found.owner === owner) return found
    const lost = new KeelsonError('run_lost')
    this.#stop(lost)
    throw lost
  }

  #take(record: RunRecord): void {
    this.#record = record
    if (record.state === 'aborted') this.#stop(new KeelsonError('run_ended', 'The run was aborted'))
    if (record.state !== 'paused') this.#wake()
  }

  #stop(reason: KeelsonError): void {
    this.#over.abort(reason)
    this.#wake()
  }

  #wake(): void {
    for (const resume of this.#onResume.splice(0)) resume()
  }
}

const isPassing = (error: unknown): boolean => error instanceof KeelsonError && error.retryable
