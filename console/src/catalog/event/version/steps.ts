import type { Comparison, Verdict } from '../../../api/catalog-types.ts'

/** The comparisons of neighbours that lead from one version to a later one, oldest first; none where no way leads. */
export function stepsBetween(comparisons: readonly Comparison[], from: string, to: string): Comparison[] {
  const byEnd = new Map(comparisons.map(comparison => [comparison.to, comparison]))
  const steps: Comparison[] = []
  let version = to
  while (version !== from && steps.length < comparisons.length) {
    const step = byEnd.get(version)
    if (step === undefined) return []
    steps.unshift(step)
    version = step.from
  }
  return version === from ? steps : []
}

/**
 * What holds of the whole way. Compatible steps add up; one that is not leaves the way unproven, because a later step
 * may take back what it broke.
 */
export function verdictOf(steps: readonly Comparison[]): Verdict | undefined {
  if (steps.length <= 1) return steps[0]?.verdict
  return steps.every(({ verdict }) => verdict === 'compatible') ? 'compatible' : 'unproven'
}

/** Who wrote a counter-example, and who refuses it: backward, the newer version does not read what the older wrote. */
export function sidesOf(
  { from, to }: Pick<Comparison, 'from' | 'to'>,
  { direction }: Pick<NonNullable<Comparison['counterExample']>, 'direction'>,
): { readonly writer: string; readonly reader: string } {
  return direction === 'backward' ? { writer: from, reader: to } : { writer: to, reader: from }
}

/** What a verdict means for the two versions, by their numbers. */
export function meaningOf({ from, to, verdict, counterExample }: Comparison): string {
  if (verdict === 'compatible') return `${from} and ${to} each read what was written with the other`
  if (verdict === 'unproven' || counterExample === undefined)
    return `it could not be shown that ${from} and ${to} each read what was written with the other`
  const { writer, reader } = sidesOf({ from, to }, counterExample)
  return `${reader} refuses payloads that ${writer} allows`
}
