/** How many, and how many bytes in all. */
export interface Amount {
  readonly count: number
  readonly bytes: number
}

const kinds = ['tombstoned', 'hidden', 'snapshots', 'inbox', 'metadata', 'blobs'] as const

export type ScavengeKind = (typeof kinds)[number]

/** What was removed by kind, or would be. */
export interface ScavengeReport {
  readonly dryRun: boolean
  /** Content of events of tombstoned streams. */
  readonly tombstoned: Amount
  /** Content of events that metadata hides. */
  readonly hidden: Amount
  /** Of streams that are tombstoned or not there. */
  readonly snapshots: Amount
  /** Claims that may be forgotten. */
  readonly inbox: Amount
  /** Of tombstoned streams. */
  readonly metadata: Amount
  /** Blobs that were deleted or made smaller; the bytes are those that it frees. */
  readonly blobs: Amount
  /** Events whose content stays because it is held. */
  readonly held: number
  /** Archived events whose content stays because there is no blob store to remove it from, or it is not in there. */
  readonly unreachable: number
  /** Streams that were left for another time, because someone else moves their content. */
  readonly busy: number
}

export interface Tally {
  add(kind: ScavengeKind, bytes: number, count?: number): void
  pass(why: 'held' | 'unreachable' | 'busy', count?: number): void
  report(): ScavengeReport
}

export function createTally(dryRun: boolean): Tally {
  const amounts = Object.fromEntries(kinds.map(kind => [kind, { count: 0, bytes: 0 }])) as Record<
    ScavengeKind,
    Amount
  >
  const passed = { held: 0, unreachable: 0, busy: 0 }
  return {
    add(kind, bytes, count = 1) {
      const amount = amounts[kind]
      amounts[kind] = { count: amount.count + count, bytes: amount.bytes + bytes }
    },
    pass(why, count = 1) {
      passed[why] += count
    },
    report: () => ({ dryRun, ...amounts, ...passed }),
  }
}
