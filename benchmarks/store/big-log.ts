import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCase } from '../cases/case-process.ts'
import type { FillOptions } from '../cases/fill.ts'
import type { ReadCaseOptions } from '../cases/read.ts'
import type { BenchReport } from '../report.ts'
import { machine, versions } from '../report.ts'
import type { BenchOptions, PlannedCase } from '../turns.ts'
import { bestOf, ratiosOf, takeTurns } from '../turns.ts'
import { onFreshFile } from './sqlite-cases.ts'

const million = 1_000_000
const bigSize = 10 * million

/** Whether a SQLite log of ten million events takes and gives events as fast as a small one. */
export async function bigLogBench(options: BenchOptions): Promise<BenchReport> {
  const { folder } = options
  const [small, big] = [join(folder, 'small.db'), join(folder, 'big.db')]
  await fillOnce(small, million, 10_000)
  const filling = await fillOnce(big, bigSize, 100_000)
  const cases = await takeTurns(plan(options, small, big), options)
  const ratio = (what: string): readonly [number, number] => [
    bestOf(cases, `10^7, ${what}`),
    bestOf(cases, `small, ${what}`),
  ]
  return {
    bench: 'store-big',
    durability: 'fsync: WAL, flushed with fdatasync after each commit, acknowledged after that',
    machine: machine(),
    versions: versions(),
    cases,
    ratios: ratiosOf(Object.fromEntries(titles.map(title => [title, ratio(title)]))),
    notes: [
      `Each ratio is the rate at ten million events over that of a fresh store (appends) or one of a million events (reads), measured in turns.`,
      `Streams are read once before the clock begins, so that both files' pages come from memory: what the size of the index costs. firstPerSecond is that first time, in which pages come from the disk where the machine does not hold them.`,
      `Filling, 20 events an append, events/s of each million: ${filling.join(', ')}.`,
      `The file has ${(statSync(big).size / 2 ** 30).toFixed(1)} GiB; the machine's memory holds much of it.`,
    ],
  }
}

const titles = [
  'append 1 event, 64 callers',
  'append 100 events, 8 callers',
  'read 10^6 envelopes',
  'read streams of 100',
]

/** Gives the events a second of each million; of an earlier run where the folder was kept. */
async function fillOnce(path: string, events: number, streams: number): Promise<readonly number[]> {
  const note = `${path}.filled.json`
  if (existsSync(note)) return JSON.parse(readFileSync(note, 'utf8')) as number[]
  rmSync(path, { force: true })
  const rates: number[] = []
  for (let at = 0; at < events; at += million) {
    console.error(`filling ${path}: ${at / million} of ${events / million} million events`)
    const options = { path, events: million, streams, eventsPerAppend: 20 } satisfies FillOptions
    const { perSecond } = await runCase('cases/fill.ts', options, 900)
    rates.push(Math.round(perSecond))
  }
  writeFileSync(note, JSON.stringify(rates))
  return rates
}

function plan({ folder, seconds }: BenchOptions, small: string, big: string): PlannedCase[] {
  const loads = [
    { callers: 64, eventsPerCall: 1, seconds },
    { callers: 8, eventsPerCall: 100, seconds },
  ]
  const append = titles.slice(0, 2).flatMap((title, at) => [
    { name: `small, ${title}`, run: () => onFreshFile(folder, 'cases/append.ts', loads[at] ?? {}) },
    { name: `10^7, ${title}`, run: () => runCase('cases/append.ts', { ...loads[at], path: big }) },
  ])
  const read = (name: string, title: string, options: ReadCaseOptions): PlannedCase => ({
    name: `${name}, ${title}`,
    run: () => runCase('cases/read.ts', options),
  })
  const [, , log, streams] = titles as [string, string, string, string]
  const all = { what: 'envelopes', events: million } as const
  const some = { what: 'streams', events: million / 5, isReadBefore: true } as const
  return [
    ...append,
    read('small', log, { ...all, path: small }),
    read('10^7', log, { ...all, path: big, after: bigSize / 2 }),
    read('small', streams, { ...some, path: small, streams: 10_000 }),
    read('10^7', streams, { ...some, path: big, streams: 100_000 }),
  ]
}
