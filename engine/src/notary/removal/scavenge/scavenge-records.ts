import type { Clock, IdSource } from '../../../core/index.ts'
import { createIdSource, systemClock } from '../../../core/index.ts'
import type { EventStore, ScavengeOptions } from '../../../store/index.ts'
import { activeHolds } from '../hold/hold.ts'
import { recordWrite } from '../record/record-write.ts'
import { keptByLock } from '../retention/locked-policies.ts'
import { kidsOfEvent } from '../sealed-text.ts'
import { tryCommit } from '../tenant-documents.ts'

/** Name of the policy by which content of tombstoned and hidden events is removed, whatever its age. */
const policy = 'scavenge'
const collection = 'scavenge-policy'

/**
 * For `scavenge`: keeps what a legal hold or a locked policy covers, and records in the tenant's log which entries lose their content, so that
 * an auditor finds the reason. Records the policy itself the first time. Keys that a held subject got after its hold
 * are not known here: while there is a hold on a subject every event with sealed fields is kept.
 */
export async function scavengeRecords(
  store: EventStore,
  tenantId: string,
  options: { readonly clock?: Clock; readonly ids?: IdSource } = {},
): Promise<Required<Pick<ScavengeOptions, 'isHeld' | 'record'>>> {
  const { clock = systemClock } = options
  const tools = { clock, ids: options.ids ?? createIdSource(clock) }
  await recordPolicy(store, tenantId, tools)
  const holds = await activeHolds(store, tenantId)
  const isLocked = await keptByLock(store, tenantId, clock.now())
  return {
    isHeld: event =>
      isLocked(event) ||
      holds.some(({ scope }) => {
        if ('all' in scope) return true
        return 'stream' in scope ? scope.stream === event.stream : kidsOfEvent(event).length > 0
      }),
    record: sequences =>
      rangesOf(sequences).map(range =>
        recordWrite(
          tenantId,
          'retention',
          { action: 'retention', minimumDays: 0, policy: `${policy}@1`, range },
          tools,
        ),
      ),
  }
}

/** Once for a tenant; of two that do it at once one comes first. */
async function recordPolicy(
  store: EventStore,
  tenantId: string,
  tools: { readonly clock: Clock; readonly ids: IdSource },
): Promise<void> {
  if (await store.document(tenantId, collection, policy)) return
  const payload = { action: 'policy', policy, version: 1, minimumDays: 0, locked: false }
  await tryCommit(store, {
    scope: { tenantId },
    appends: [recordWrite(tenantId, 'policy', payload, tools)],
    documents: [{ tenantId, collection, id: policy, value: { version: 1 }, expected: 0 }],
  })
}

/** Half-open ranges of neighbours, ascending. */
function rangesOf(sequences: readonly number[]): [number, number][] {
  const ranges: [number, number][] = []
  for (const n of sequences.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last && last[1] === n) last[1] = n + 1
    else ranges.push([n, n + 1])
  }
  return ranges
}
