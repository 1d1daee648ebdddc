export interface Fact {
  readonly label: string
  readonly value: string
}

export const STEP_TITLES = {
  leaf: 'The leaf is canonical, and it is the leaf of this event',
  body: 'The leaf commits to this body',
  disclosures: 'Each personal field is one that the body has a digest of',
  content: 'The opened body is the event shown on this page',
  path: 'The path leads from the leaf to the root of the log',
  checkpoint: "The log's key has signed that root",
  witnesses: 'Witnesses have seen that root',
} as const

export type StepId = keyof typeof STEP_TITLES

/** `skipped`: there is nothing to verify, or what it stands on has failed. */
export type StepState = 'passed' | 'failed' | 'skipped'

export interface Step {
  readonly id: StepId
  readonly state: StepState
  /** The values that were compared. */
  readonly facts: readonly Fact[]
  /** What is wrong, or why it was skipped. */
  readonly notes: readonly string[]
}

export const fact = (label: string, value: string | number): Fact => ({ label, value: String(value) })

/** Passed where there are no faults. */
export const stepOf = (id: StepId, facts: readonly Fact[], faults: readonly string[]): Step => ({
  id,
  state: faults.length === 0 ? 'passed' : 'failed',
  facts,
  notes: faults,
})

export const skipped = (id: StepId, why: string, facts: readonly Fact[] = []): Step => ({
  id,
  state: 'skipped',
  facts,
  notes: [why],
})

/** One fault where two values differ. */
export const same = (label: string, found: unknown, expected: unknown): readonly string[] =>
  found === expected ? [] : [`${label} is ${String(found)}, but ${String(expected)} is recorded`]
