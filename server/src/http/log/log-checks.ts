import type { Clock, EventStore, IdSource, JsonObject, JsonValue } from 'keelson'
import { isJsonObject, toKeelsonError } from 'keelson'
import type { LogCheckItem, LogCheckState } from '../../api/types.ts'

const collection = 'log-check-run'
/** Milliseconds between two notes of how far a check is. */
const noteEvery = 500
/** Milliseconds without a note after which the process that ran a check is taken to be gone. */
const goneAfter = 30_000

/** What a check has found. */
export interface CheckFinding {
  /** Of the signed head that the log was checked against. */
  readonly size: number
  readonly isSound: boolean
  /** Of the first entry that is at fault. */
  readonly index?: number
  readonly reason?: string
}

export interface CheckOptions {
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

export interface LogChecksOptions {
  readonly store: EventStore
  readonly clock: Clock
  readonly ids: IdSource
  /** Checks a whole log. */
  readonly check: (tenantId: string, options: CheckOptions) => Promise<CheckFinding>
}

/** Checks that somebody asked for: one at a time for each tenant, each remembered with what it has found. */
export class LogChecks {
  readonly #options: LogChecksOptions
  readonly #stop = new AbortController()
  /** By tenant. */
  readonly #running = new Map<string, Running>()

  constructor(options: LogChecksOptions) {
    this.#options = options
  }

  /** Begins a check, or gives the one that is running in this process. */
  async start(tenantId: string): Promise<{ readonly check: LogCheckItem; readonly isNew: boolean }> {
    const running = this.#running.get(tenantId)
    if (running !== undefined) return { check: running.item, isNew: false }
    const begun: Running = { item: this.#begin(), saved: Promise.resolve(), work: Promise.resolve() }
    this.#running.set(tenantId, begun)
    try {
      await this.#save(tenantId, begun.item)
    } catch (error) {
      this.#running.delete(tenantId)
      throw error
    }
    begun.work = this.#run(tenantId, begun)
    return { check: begun.item, isNew: true }
  }

  async find(tenantId: string, id: string): Promise<LogCheckItem | undefined> {
    const running = this.#running.get(tenantId)
    if (running?.item.id === id) return running.item
    if (!/^[0-9A-Z]{26}$/.test(id)) return undefined
    const document = await this.#options.store.document(tenantId, collection, id)
    return document && this.#toItem(id, document.value)
  }

  /** Breaks off what is running. May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.all([...this.#running.values()].map(({ work }) => work))
  }

  #begin(): LogCheckItem {
    return {
      id: this.#options.ids.ulid(),
      state: 'running',
      startedAt: this.#now(),
      endedAt: null,
      done: 0,
      total: null,
      isSound: null,
      size: null,
      index: null,
      reason: null,
    }
  }

  async #run(tenantId: string, running: Running): Promise<void> {
    let notedAt = this.#options.clock.now()
    const onProgress = (done: number, total: number) => {
      running.item = { ...running.item, done, total }
      const now = this.#options.clock.now()
      if (now - notedAt < noteEvery) return
      notedAt = now
      running.saved = running.saved.then(() => this.#save(tenantId, running.item)).catch(() => undefined)
    }
    const ended = await this.#options.check(tenantId, { signal: this.#stop.signal, onProgress }).then(
      ({ size, isSound, index = null, reason = null }) =>
        ({ state: 'done', size, isSound, index, reason }) as const,
      error =>
        ({ state: this.#stop.signal.aborted ? 'interrupted' : 'failed', reason: reasonOf(error) }) as const,
    )
    running.item = { ...running.item, ...ended, endedAt: this.#now() }
    await running.saved
    // What cannot be remembered is as if it had been cut off.
    await this.#save(tenantId, running.item).catch(() => undefined)
    this.#running.delete(tenantId)
  }

  async #save(tenantId: string, { id, ...value }: LogCheckItem): Promise<void> {
    const notedAt = this.#options.clock.now()
    await this.#options.store.commit({
      scope: { tenantId },
      documents: [{ tenantId, collection, id, value: { ...value, notedAt } satisfies JsonObject }],
    })
  }

  #toItem(id: string, value: JsonValue): LogCheckItem | undefined {
    if (!isJsonObject(value)) return undefined
    const { notedAt, ...item } = value
    const isGone = Number(notedAt) + goneAfter < this.#options.clock.now()
    const state: LogCheckState =
      item['state'] === 'running' && isGone ? 'interrupted' : (item['state'] as LogCheckState)
    return { ...(item as unknown as LogCheckItem), id, state }
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString()
  }
}

interface Running {
  item: LogCheckItem
  saved: Promise<void>
  work: Promise<void>
}

const reasonOf = (error: unknown): string => {
  const { code, message, status } = toKeelsonError(error)
  return status >= 500 ? code : `${message} [${code}]`
}
