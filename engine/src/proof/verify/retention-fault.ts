import type { FailureCode } from './failure.ts'
import type { Retention } from './record-book.ts'
import { streamDigest } from './removed-entries.ts'

/** An entry whose body is gone. */
export interface AbsentEntry {
  readonly n: number
  /** When it was recorded, milliseconds since the epoch. */
  readonly time: number
}

export interface RetentionFault {
  readonly code: FailureCode
  /** The entry to which it is told: that of the record, or the one that is gone. */
  readonly at: number
  readonly message: string
}

/**
 * Why an entry may not have been removed by a record; undefined where it may. What was in it is what the record says; which
 * entries a hold covered when it was set is what the hold says.
 */
export function retentionFault(
  { at, held, removed, rule, youngest }: Retention,
  { n, time }: AbsentEntry,
): RetentionFault | undefined {
  const group = removed?.of(n)
  const isInHold = [...held.ofStreams, ...held.ofKeys].some(entries => entries.at(n))
  const isHeldByWord =
    group !== undefined &&
    (group.keys.some(kid => held.kids.has(kid)) ||
      [...held.streams].some(stream => streamDigest(removed?.salt ?? '', stream) === group.stream))
  if (isInHold || isHeldByWord)
    return { code: 'removal_during_hold', at, message: `A hold covered entry ${n}, which it removes` }
  if (group !== undefined && rule.eventTypes?.includes(group.type) === false)
    return {
      code: 'policy_exceeded',
      at: n,
      message: `It was removed by ${rule.policy.slice(0, 100)}, which is not for events of its type`,
    }
  if (time > youngest(group?.type))
    return { code: 'retention_early', at: n, message: 'It was removed before its policy allowed it' }
  return undefined
}
