import type { JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { OutboxRow } from './outbox-row.ts'
import { aggregateKey, toEvent } from './outbox-row.ts'

/** What takes the events, such as a platform. It must tell a repeat of an event id from a new event. */
export interface OutboxPublisher {
  publish(tenantId: string, event: JsonValue): Promise<{ readonly duplicate: boolean }>
}

export interface BatchOutcome {
  readonly published: readonly number[]
  /** How many of those the log had already. */
  readonly duplicates: number
  /** Will never be taken. */
  readonly refused: readonly { readonly row: OutboxRow; readonly error: unknown }[]
  /** Were not taken this time; what stands behind them in their aggregate was not tried. */
  readonly failed: readonly { readonly row: OutboxRow; readonly error: unknown }[]
}

/**
 * Publishes rows: those of an aggregate one after the other, aggregates beside each other. Behind a row that is refused
 * its aggregate goes on, unless `isHolding`; behind one that fails it waits.
 */
export async function publishBatch(
  rows: readonly OutboxRow[],
  publisher: OutboxPublisher,
  isHolding: boolean,
  signal: AbortSignal,
): Promise<BatchOutcome> {
  const published: number[] = []
  const refused: { row: OutboxRow; error: unknown }[] = []
  const failed: { row: OutboxRow; error: unknown }[] = []
  let duplicates = 0
  const publishAll = async (chain: readonly OutboxRow[]) => {
    for (const row of chain) {
      if (signal.aborted) return
      try {
        const { duplicate } = await publisher.publish(row.tenantid, toEvent(row))
        published.push(row.position)
        if (duplicate) duplicates += 1
      } catch (error) {
        const isRefused = isRefusal(error)
        ;(isRefused ? refused : failed).push({ row, error })
        if (!isRefused || isHolding) return
      }
    }
  }
  await Promise.all([...Map.groupBy(rows, aggregateKey).values()].map(publishAll))
  return { published, duplicates, refused, failed }
}

/** Whether an event is wrong in itself; what is wrong around it may be over at the next try. */
function isRefusal(error: unknown): boolean {
  if (error instanceof SyntaxError) return true
  return error instanceof KeelsonError && !error.retryable && error.status < 500
}
