import type { Alarm, EventStore } from 'keelson'
import { KeelsonError } from 'keelson'
import type { ReplayRun, ReplayTarget, RunRecord } from 'keelson/delivery'
import { abortReplay, continueReplays, listReplays } from 'keelson/delivery'

/** Milliseconds between looks for runs whose process has ended. */
const lookEvery = 30_000

export interface ReplayRunsOptions {
  readonly store: EventStore
  readonly alarm: Alarm
  /** The subscription of this name, where events of it can be handled here; `gone` where it was deleted. */
  readonly targetOf: (engineName: string, run: RunRecord) => Promise<ReplayTarget | 'gone' | undefined>
  readonly onError: (error: unknown) => void
}

/** The replays that this process works on, those among them that another has left. */
export class ReplayRuns {
  readonly #options: ReplayRunsOptions
  readonly #runs = new Set<ReplayRun>()
  readonly #stop = new AbortController()
  #looking: Promise<void> | undefined

  constructor(options: ReplayRunsOptions) {
    this.#options = options
  }

  /** Goes on with what was left behind, now and from time to time. */
  start(): void {
    this.#looking ??= this.#look()
  }

  add(run: ReplayRun): RunRecord {
    this.#runs.add(run)
    void run.done
      .catch(error => this.#options.onError(error))
      .finally(() => {
        this.#runs.delete(run)
      })
    return run.record
  }

  /** Ends all that have not ended of a subscription that is not there any more, whichever process works on them. */
  async abortAll(tenantId: string, subscription: string, by: string): Promise<void> {
    const { store, alarm } = this.#options
    for (const state of ['running', 'paused'] as const) {
      let after: string | undefined
      do {
        const page = await listReplays(store, { tenantId, subscription, state, ...(after && { after }) })
        for (const { id } of page.runs) {
          await abortReplay(store, { tenantId, id }, { by, alarm }).catch(ignoreEnded)
          for (const run of this.#runs) if (run.id === id) await run.close()
        }
        after = page.next
      } while (after !== undefined)
    }
  }

  /** Leaves them where they stand. May be called twice. */
  async close(): Promise<void> {
    this.#stop.abort('the server is stopping')
    await this.#looking
    await Promise.all([...this.#runs].map(run => run.close()))
  }

  async #look(): Promise<void> {
    const { store, alarm, targetOf, onError } = this.#options
    const { signal } = this.#stop
    while (!signal.aborted) {
      const subscription = (name: string, run: RunRecord) => targetOf(name, run)
      const taken = await continueReplays(store, { subscription, alarm }).catch(error => {
        onError(error)
        return []
      })
      for (const run of taken) this.add(run)
      await alarm.wait(lookEvery, signal)
    }
  }
}

function ignoreEnded(error: unknown): void {
  if (!(error instanceof KeelsonError) || error.code !== 'run_ended') throw error
}
