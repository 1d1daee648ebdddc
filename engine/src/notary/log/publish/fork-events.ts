import type { Clock, IdSource } from '../../../core/index.ts'
import { createIdSource } from '../../../core/index.ts'
import type { RecordEvent } from './meta-log.ts'

export interface ForkOptions {
  readonly clock: Clock
  /** Left out, nothing is published. */
  readonly record: RecordEvent | undefined
  /** Why the log is forked when it is looked at once more; undefined where it is not. @throws where nobody can tell now. */
  readonly again: (tenantId: string) => Promise<string | undefined>
  /** Told of a log about which nothing can be published now. */
  readonly onFault: (tenantId: string, error: unknown) => void
}

/** Milliseconds until what failed is tried again. */
const pause = 5_000

/** Publishes that a log is forked, once it was found so a second time: in the tenant's own log, which goes on. */
export class ForkEvents {
  readonly #options: ForkOptions
  readonly #ids: IdSource
  /** Logs that are to be told of, and when that is tried. */
  readonly #open = new Map<string, number>()

  constructor(options: ForkOptions) {
    this.#options = options
    this.#ids = createIdSource(options.clock)
  }

  add(tenantId: string): void {
    if (this.#options.record !== undefined) this.#open.set(tenantId, 0)
  }

  forget(tenantId: string): void {
    this.#open.delete(tenantId)
  }

  /** What fails stays open for a later one, and keeps no other from being told of. */
  async step(): Promise<void> {
    const { clock, again, onFault } = this.#options
    for (const [tenantId, until] of this.#open) {
      if (until > clock.now()) continue
      try {
        const reason = await again(tenantId)
        if (reason !== undefined) await this.#record(tenantId, reason)
        this.#open.delete(tenantId)
      } catch (error) {
        this.#open.set(tenantId, clock.now() + pause)
        onFault(tenantId, error)
      }
    }
  }

  async #record(tenantId: string, reason: string): Promise<void> {
    const { clock, record } = this.#options
    await record?.(tenantId, 'HashChainValidationFailed', {
      streamId: `${tenantId}/main`,
      checkId: this.#ids.ulid(),
      code: 'log_forked',
      failures: [{ kind: 'log-rewritten', reason: reason.slice(0, 512) }],
      failureCount: 1,
      checkedAt: new Date(clock.now()).toISOString(),
    })
  }
}
