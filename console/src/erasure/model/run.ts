import type { EventItem, JsonValue } from '../../api/types.ts'
import { partyName } from '../../ui/party.ts'
import type { Filter, Show } from './filter.ts'
import { hasWords } from './filter.ts'

/** A policy of retention that was applied, as the log has it. */
export interface Run {
  readonly eventId: string
  readonly policy: string
  /** Undefined where the event does not say. */
  readonly removed: number | undefined
  readonly held: number | undefined
  readonly unreachable: number | undefined
  readonly by: string
  readonly at: string
}

export type RunShow = 'all' | 'removed' | 'held' | 'none'

export const RUN_SHOWS: readonly Show<RunShow>[] = [
  { name: 'all', label: 'Every run' },
  { name: 'removed', label: 'Has removed something' },
  { name: 'held', label: 'Has left something' },
  { name: 'none', label: 'Had nothing to remove' },
]

export function toRun({ eventId, audit, payload, occurredAt }: EventItem): Run {
  const details = memberOf(payload, 'payload')
  const count = (name: string): number | undefined => {
    const value = memberOf(details, name)
    return typeof value === 'number' ? value : undefined
  }
  return {
    eventId,
    policy: partyName(audit.resource),
    removed: count('removed'),
    held: count('held'),
    unreachable: count('unreachable'),
    by: partyName(audit.actor),
    at: occurredAt,
  }
}

export function findRuns(runs: readonly Run[], { show, words }: Filter<RunShow>): readonly Run[] {
  const left = ({ held = 0, unreachable = 0 }: Run): number => held + unreachable
  return runs.filter(run => {
    if (show === 'removed' && !run.removed) return false
    if (show === 'none' && run.removed !== 0) return false
    if (show === 'held' && left(run) === 0) return false
    return hasWords(words, [run.policy, run.by])
  })
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return (value as { readonly [key: string]: JsonValue })[name]
}
