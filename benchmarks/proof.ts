import { join } from 'node:path'
import { runCase } from './cases/case-process.ts'
import type { BenchReport, Run } from './report.ts'
import { machine, versions } from './report.ts'
import { onFreshFile } from './store/sqlite-cases.ts'
import type { BenchOptions, PlannedCase } from './turns.ts'
import { bestOf, ratiosOf, takeTurns } from './turns.ts'

const million = 1_000_000
const names = {
  bare: 'seal, no personal field',
  personal: 'seal, three personal fields',
  merkle: 'tree, batches of 256 leaves',
  plain: 'append 1 event, 64 callers, not sealed',
  sealed: 'append 1 event, 64 callers, three fields sealed',
  inclusion: 'inclusion proof in 10^6',
  verify: 'keelson verify, 10^6 leaves with bodies and disclosures',
}

/** What proofs cost: sealing, trees, proofs from what is stored, and the verification of a large bundle. */
export async function proofBench(options: BenchOptions): Promise<BenchReport> {
  const { folder, only = '' } = options
  const big = { path: join(folder, 'big.db'), events: million, bundle: join(folder, 'bundle') }
  const needsBig = [names.inclusion, names.verify].some(name => name.startsWith(only))
  let filling: Run | undefined
  if (needsBig) {
    console.error('filling, signing and exporting a log of 10^6 events')
    filling = await runCase('cases/proof/fill.ts', big, 1800)
  }
  const cases = await takeTurns(plan(options, big), options)
  return {
    bench: 'proof',
    durability:
      'appends are flushed: WAL, fdatasync after each commit; sealing and trees are in memory, one core',
    machine: machine(),
    versions: versions(),
    cases,
    ratios: ratiosOf({
      'append sealed/plain': [bestOf(cases, names.sealed), bestOf(cases, names.plain)],
    }),
    notes: [
      'Sealing is canonical form, blinded commitment, leaf and its hash, and of personal fields salts, digests and encryption under the key of their one subject; the event has about 700 bytes.',
      'Each run of the inclusion proof reads from a store that was just opened.',
      ...(filling
        ? [`The log of 10^6: ${figuresOf(filling)}, exported at ${Math.round(filling.perSecond)}/s.`]
        : []),
    ],
  }
}

const figuresOf = ({ figures = {} }: Run): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${Math.round(value)}`)
    .join(', ')

interface Big {
  readonly path: string
  readonly events: number
  readonly bundle: string
}

function plan({ folder, seconds }: BenchOptions, big: Big): PlannedCase[] {
  const load = { callers: 64, eventsPerCall: 1, seconds }
  const append = (name: string, isSealed: boolean): PlannedCase => ({
    name,
    run: () => onFreshFile(folder, 'cases/proof/append.ts', { ...load, isSealed }),
  })
  return [
    { name: names.bare, run: () => runCase('cases/proof/seal.ts', { seconds, fields: 0 }) },
    { name: names.personal, run: () => runCase('cases/proof/seal.ts', { seconds, fields: 3 }) },
    { name: names.merkle, run: () => runCase('cases/proof/merkle.ts', { seconds }) },
    append(names.plain, false),
    append(names.sealed, true),
    { name: names.inclusion, run: () => runCase('cases/proof/inclusion.ts', { ...big, count: 2_000 }) },
    { name: names.verify, run: () => runCase('cases/proof/verify.ts', big, 600) },
  ]
}
