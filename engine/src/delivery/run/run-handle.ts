import type { EventStore } from '../../store/index.ts'
import type { Alarm } from '../../transport/index.ts'
import type { RunSeat } from './run-driver.ts'
import { RunDriver } from './run-driver.ts'
import type { RunProgress, RunRecord } from './run-record.ts'

/** A run that this process works on. */
export interface ReplayRun {
  readonly id: string
  /** As it was kept last. */
  readonly record: RunRecord
  /** The run when it has ended, or when this process leaves it; never rejects for what happens in the run. */
  readonly done: Promise<RunRecord>
  /** Leaves the run where it stands, for another process or a later time. May be called twice. */
  close(): Promise<void>
}

/** Begins to work on a run that this process has claimed. */
export function workOn(
  store: EventStore,
  claimed: RunRecord,
  alarm: Alarm,
  work: (seat: RunSeat) => Promise<RunProgress>,
): ReplayRun {
  const leave = new AbortController()
  const driver = new RunDriver(store, claimed, alarm, leave.signal)
  const done = driver.run(work)
  // Who does not wait for it finds what became of it in the store.
  done.catch(() => undefined)
  return {
    id: claimed.id,
    get record() {
      return driver.record
    },
    done,
    async close() {
      leave.abort()
      await done.catch(() => undefined)
    },
  }
}
