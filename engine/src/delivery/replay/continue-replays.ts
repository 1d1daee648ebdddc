import { randomUUID } from 'node:crypto'
import { KeelsonError } from '../../core/index.ts'
import type { EventStore, Scope } from '../../store/index.ts'
import type { Alarm } from '../../transport/index.ts'
import { systemAlarm } from '../../transport/index.ts'
import { workOnDeadLetters } from '../dead-letter/start-dead-letter-replay.ts'
import { runLease } from '../run/run-driver.ts'
import type { ReplayRun } from '../run/run-handle.ts'
import { workOn } from '../run/run-handle.ts'
import type { RunRecord } from '../run/run-record.ts'
import { isEnded, readRun, runChange, runCollection } from '../run/run-record.ts'
import { tryCommit } from '../run/try-commit.ts'
import type { ReplayTarget } from './replay-target.ts'
import { routeOf } from './replay-target.ts'
import { workOnReplay } from './start-replay.ts'

type ContinueTarget = ReplayTarget | 'gone' | undefined

export interface ContinueOptions {
  /**
   * The subscription of this name, where this process has it. Undefined leaves the run to other processes; `gone` ends it
   * as failed, for where no process will ever have the subscription again.
   */
  readonly subscription: (name: string, run: RunRecord) => ContinueTarget | Promise<ContinueTarget>
  readonly alarm?: Alarm
}

/**
 * Goes on with the runs that nobody works on: their process has ended, or has not answered for 15 seconds. To be called
 * at start and now and then; two processes never take the same run.
 */
export async function continueReplays(
  store: EventStore,
  { subscription, alarm = systemAlarm }: ContinueOptions,
): Promise<readonly ReplayRun[]> {
  const taken: ReplayRun[] = []
  for (const scope of everyScope(store)) {
    const due = await store.documents(scope, runCollection, { dueUntil: alarm.now(), limit: 1_000 })
    for (const run of due.flatMap(document => readRun(document) ?? [])) {
      if (isEnded(run)) continue
      const target = run.kind === 'log' ? await subscription(run.subscription, run) : undefined
      if (run.kind === 'log' && target === undefined) continue
      const claimed = await claim(store, run, alarm)
      if (claimed === undefined) continue
      taken.push(workOnClaimed(store, claimed, target, alarm))
    }
  }
  return taken
}

function workOnClaimed(
  store: EventStore,
  claimed: RunRecord,
  target: ContinueTarget,
  alarm: Alarm,
): ReplayRun {
  if (target === undefined) return workOnDeadLetters(store, claimed, alarm)
  if (target !== 'gone') return workOnReplay(store, claimed, routeOf(target, alarm), alarm)
  return workOn(store, claimed, alarm, async () => {
    throw new KeelsonError('subscription_unknown', `The subscription "${claimed.subscription}" was removed`)
  })
}

async function claim(store: EventStore, run: RunRecord, alarm: Alarm): Promise<RunRecord | undefined> {
  const claimed = { ...run, owner: randomUUID(), leaseUntil: alarm.now() + runLease }
  const isOurs = await tryCommit(store, run.tenantId, [runChange(claimed)])
  return isOurs ? { ...claimed, revision: run.revision + 1 } : undefined
}

function everyScope(store: EventStore): readonly Scope[] {
  const { shards } = store.capabilities
  if (shards === 1) return [{ tenantId: 'every tenant' }]
  return Array.from({ length: shards }, (_, shard): Scope => ({ tenantId: 'every tenant', shard }))
}
