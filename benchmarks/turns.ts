import type { CaseResult, Run } from './report.ts'
import { summarise } from './report.ts'

export interface BenchOptions {
  /** For what a bench makes. On the disk of the checkout: `/tmp` may be in memory, where fsync costs nothing. */
  readonly folder: string
  /** Runs of each case, and seconds that a run lasts where time is its measure. */
  readonly runs: number
  readonly seconds: number
  /** Of cases to measure, where not all: words that their names begin with. */
  readonly only?: string
  /** A PostgreSQL server on which databases may be made; default a fresh one. */
  readonly database?: string
  /** Whether to measure a log of ten million events, which takes half an hour and 15 GB. */
  readonly big?: boolean
}

export interface PlannedCase {
  readonly name: string
  readonly run: () => Promise<Run>
}

/** Measures every case of the plan, one run of each in turn, so that they share the machine's mood. */
export async function takeTurns(
  plan: readonly PlannedCase[],
  { runs, only = '' }: Pick<BenchOptions, 'runs' | 'only'>,
): Promise<CaseResult[]> {
  const chosen = plan.filter(({ name }) => name.startsWith(only))
  const results = new Map<string, Run[]>(chosen.map(({ name }) => [name, []]))
  for (let round = 0; round < runs; round += 1) {
    for (const { name, run } of chosen) {
      console.error(`run ${round + 1} of ${runs}: ${name}`)
      results.get(name)?.push(await run())
    }
  }
  return chosen.map(({ name }) => summarise(name, results.get(name) ?? []))
}

/** The rate of the best of these cases; 0 where none was measured. */
export const bestOf = (cases: readonly CaseResult[], start: string): number =>
  Math.max(0, ...cases.filter(({ name }) => name.startsWith(start)).map(({ perSecond }) => perSecond))

/** Quotients of rates; those of cases that were not measured are left out. */
export function ratiosOf(pairs: Readonly<Record<string, readonly [number, number]>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(pairs)
      .filter(([, [rate, base]]) => rate > 0 && base > 0)
      .map(([name, [rate, base]]) => [name, Number((rate / base).toPrecision(3))]),
  )
}
