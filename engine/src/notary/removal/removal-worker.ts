import { toKeelsonError } from '../../core/index.ts'
import type { Procedure } from './procedure/procedure.ts'
import type { Removal, RemovalPhase } from './procedure/removal.ts'
import { fileChange, toFile } from './procedure/removal.ts'
import { Runner } from './procedure/runner.ts'
import type { RemovalContext } from './removal-context.ts'
import { documentsOf, tryCommit } from './tenant-documents.ts'

/** Milliseconds between looks for removals that are due. */
const look = 1_000
const pageSize = 100

/** One kind of removal, whatever its values are. */
export type Line = Pick<Runner<Removal>, 'collection' | 'advance' | 'complete' | 'postpone'>

export const lineOf = <Value extends Removal>(context: RemovalContext, procedure: Procedure<Value>): Line =>
  new Runner(context, procedure)

interface Due {
  readonly line: Line
  readonly tenantId: string
  readonly id: string
  readonly phase: RemovalPhase
}

/** Works on the removals of all tenants that are due, one after another. */
export class RemovalWorker {
  readonly #context: RemovalContext
  readonly #lines: readonly Line[]
  readonly #end = new AbortController()
  #turn: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #isLooking = false
  #isAsked = false
  #told: string | undefined

  constructor(context: RemovalContext, lines: readonly Line[]) {
    this.#context = context
    this.#lines = lines
  }

  start(): void {
    if (this.#end.signal.aborted || this.#timer !== undefined) return
    this.#timer = setInterval(() => this.wake(), look)
    this.#timer.unref()
    this.wake()
  }

  /** Looks now, where it was started; while it looks, once more after that. */
  wake(): void {
    if (this.#timer === undefined) return
    this.#isAsked = true
    if (this.#isLooking) return
    this.#isLooking = true
    this.#look()
      .then(
        () => {
          this.#told = undefined
        },
        error => this.#tell(error),
      )
      .finally(() => {
        this.#isLooking = false
      })
  }

  async #look(): Promise<void> {
    while (this.#isAsked && !this.#end.signal.aborted) {
      this.#isAsked = false
      await this.work()
    }
  }

  /** Calls at the same time come one after another, so that this process never gets in its own way. */
  work(signal?: AbortSignal): Promise<number> {
    const both = signal ? AbortSignal.any([signal, this.#end.signal]) : this.#end.signal
    const turn = this.#turn.then(() => (both.aborted ? 0 : this.#work(both)))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#end.abort()
    await this.#turn
  }

  /** Has the removals that a hold kept back looked at again. */
  async release(tenantId: string): Promise<void> {
    const { store, clock } = this.#context
    for (const { collection } of this.#lines) {
      for await (const document of documentsOf(store, tenantId, collection)) {
        const file = toFile(document)
        if (file.value.status !== 'held') continue
        const change = fileChange(file, file.value, clock.now())
        await tryCommit(store, { scope: { tenantId }, documents: [change] })
      }
    }
    this.wake()
  }

  async #work(signal: AbortSignal): Promise<number> {
    let count = 0
    this.#context.known.expire()
    for await (const { line, tenantId, id } of this.#due()) {
      if (signal.aborted) return count
      count += 1
      // What one fails with is kept with it, and keeps nobody else waiting.
      await line.advance(tenantId, id, signal).catch(() => undefined)
    }
    if (!signal.aborted) await this.#purge()
    return count
  }

  /** All that wait for it are served by one purge: it can take long. */
  async #purge(): Promise<void> {
    const waiting: Due[] = []
    for await (const due of this.#due()) if (due.phase === 'purge') waiting.push(due)
    if (waiting.length === 0) return
    try {
      await this.#context.store.purge()
    } catch (error) {
      for (const { line, tenantId, id } of waiting) await line.postpone(tenantId, id, error)
      return
    }
    for (const { line, tenantId, id } of waiting) await line.complete(tenantId, id).catch(() => undefined)
  }

  /** What is due by now, at most 100 of each kind and shard. */
  async *#due(): AsyncGenerator<Due> {
    const { store, clock } = this.#context
    for (let shard = 0; shard < store.capabilities.shards; shard += 1) {
      for (const line of this.#lines) {
        const query = { dueUntil: clock.now(), limit: pageSize }
        const page = await store.documents({ tenantId: 'every tenant', shard }, line.collection, query)
        for (const document of page) {
          const { tenantId, id, value } = toFile(document)
          yield { line, tenantId, id, phase: value.phase }
        }
      }
    }
  }

  /** Once for each kind of trouble, until it is over: a store that is away is looked at every second. */
  #tell(error: unknown): void {
    const detail = toKeelsonError(error).code
    if (detail === this.#told) return
    this.#told = detail
    this.#context.onAlarm({ tenantId: 'platform', id: 'removals', what: 'stopped', detail })
  }
}
