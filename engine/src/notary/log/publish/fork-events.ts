import type { Clock } from '../../../core/index.ts'
import type { RecordEvent } from './meta-log.ts'

export interface ForkOptions {
  readonly clock: Clock
  /** Left out, nothing is published. */
  readonly record: RecordEvent | undefined
  /** Whether the log is forked when it is looked at once more. */
  readonly again: (tenantId: string) => Promise<boolean>
}

/** Publishes that a log is forked, once it was found so a second time: in the tenant's own log, which goes on. */
export class ForkEvents {
  readonly #options: ForkOptions
  readonly #open = new Set<string>()

  constructor(options: ForkOptions) {
    this.#options = options
  }

  add(tenantId: string): void {
    if (this.#options.record !== undefined) this.#open.add(tenantId)
  }

  /** What fails stays open for the next one. */
  async step(): Promise<void> {
    const { clock, record, again } = this.#options
    for (const tenantId of this.#open) {
      const now = clock.now()
      if (await again(tenantId))
        await record?.(tenantId, 'HashChainValidationFailed', {
          streamId: `${tenantId}/main`,
          checkId: `signing-${now}`,
          failures: [{ kind: 'log-rewritten' }],
          failureCount: 1,
          checkedAt: new Date(now).toISOString(),
        })
      this.#open.delete(tenantId)
    }
  }
}
