import type { Clock, IdSource, RandomFill } from '../../../core/index.ts'
import { createIdSource, pooledRandom, systemClock } from '../../../core/index.ts'
import type { AppendRequest, EventStore, RecordedEvent, ScavengeOptions } from '../../../store/index.ts'
import { activeHolds } from '../hold/hold.ts'
import { recordWrite } from '../record/record-write.ts'
import type { RemovedEntry } from '../record/removed-entries.ts'
import { removedEntry, removedMembers } from '../record/removed-entries.ts'
import { keptByLock } from '../retention/locked-policies.ts'
import { scavengePolicy, setRetentionPolicy } from '../retention/retention-policy.ts'
import { kidsOfEvent } from '../sealed-text.ts'

export interface ScavengeHolds {
  /** For `scavenge`: whether a legal hold or a locked policy keeps the event's content. Also for a dry run. */
  readonly isHeld: (event: RecordedEvent) => boolean
  /** Whether some subject is held: every event with sealed fields is kept then, whoever it is about. */
  readonly keepsSealed: boolean
}

/** What holds and locked policies keep from being scavenged; changes nothing. */
export async function scavengeHolds(
  store: EventStore,
  tenantId: string,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<ScavengeHolds> {
  const holds = await activeHolds(store, tenantId)
  const isLocked = await keptByLock(store, tenantId, clock.now())
  return {
    keepsSealed: holds.some(({ scope }) => 'subjectKeys' in scope),
    isHeld: event =>
      isLocked(event) ||
      holds.some(({ scope }) => {
        if ('all' in scope) return true
        return 'stream' in scope ? scope.stream === event.stream : kidsOfEvent(event).length > 0
      }),
  }
}

/**
 * For `scavenge`: keeps what a legal hold or a locked policy covers, and records in the tenant's log which entries lose their content, so that
 * an auditor finds the reason. Records the policy itself the first time; once there are approvers it is to be signed before
 * (`setRetentionPolicy` with the id `scavenge`). Keys that a held subject got after its hold
 * are not known here: while there is a hold on a subject every event with sealed fields is kept.
 *
 * @throws KeelsonError `approval_invalid` where there are approvers, and none has signed the policy.
 */
export async function scavengeRecords(
  store: EventStore,
  tenantId: string,
  options: { readonly clock?: Clock; readonly ids?: IdSource; readonly random?: RandomFill } = {},
): Promise<Required<Pick<ScavengeOptions, 'isHeld' | 'record'>>> {
  const { clock = systemClock, random = pooledRandom() } = options
  const tools = { store, clock, ids: options.ids ?? createIdSource(clock) }
  const { id, version } = await setRetentionPolicy(tools, tenantId, scavengePolicy)
  const { isHeld: isKept } = await scavengeHolds(store, tenantId, { clock })
  /** What is about to be removed: its record follows. */
  const passed = new Map<number, RemovedEntry>()
  const recordOf = (range: readonly [number, number], entries: readonly RemovedEntry[]): AppendRequest => {
    const said = removedMembers(entries, random)
    const payload = {
      action: 'retention',
      minimumDays: 0,
      policy: `${id}@${version}`,
      range: [...range],
      ...said,
    }
    return recordWrite(tenantId, 'retention', payload, tools)
  }
  return {
    isHeld(event) {
      const isHeld = isKept(event)
      if (!isHeld) passed.set(event.sequence, removedEntry(event))
      return isHeld
    },
    record(sequences) {
      const entries = sequences
        .toSorted((a, b) => a - b)
        .flatMap(n => {
          const entry = passed.get(n)
          passed.delete(n)
          return entry ?? []
        })
      const [first, last] = [entries[0], entries.at(-1)]
      return first === undefined || last === undefined ? [] : [recordOf([first.n, last.n + 1], entries)]
    },
  }
}
