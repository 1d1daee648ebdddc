import type { Clock } from '../../../core/index.ts'
import type { AppendBatch, AppendOutcome } from '../../append/batch.ts'
import { LogAppender } from '../../append/log-appender.ts'
import type { Heads, LogPlace } from './heads.ts'
import type { Facts } from './planned-log.ts'
import { PlannedLog } from './planned-log.ts'

/** A batch of which everything is decided, as it will stand in the log if the head is still where it was. */
export interface Plan {
  readonly from: LogPlace
  readonly to: LogPlace
  readonly log: PlannedLog
  readonly outcome: AppendOutcome
}

/** Plans a batch on what is remembered, which is thereby moved on to the place after it. */
export function planBatch(
  heads: Heads,
  from: LogPlace,
  batch: AppendBatch,
  facts: Facts,
  options: { readonly clock: Clock; readonly nextMark: () => number },
): Plan {
  const log = new PlannedLog(heads, from.position, facts)
  const outcome = new LogAppender(log, options.clock).append(batch)
  const to = log.isEmpty ? from : { position: log.position, mark: options.nextMark() }
  heads.place = to
  return { from, to, log, outcome }
}
