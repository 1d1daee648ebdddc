import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { DatabaseSync } from 'node:sqlite'

/** One measured case: each figure is the median of its runs, `spread` their lowest and highest rate. */
export interface CaseResult {
  readonly name: string
  readonly perSecond: number
  readonly spread: readonly [number, number]
  readonly p50Ms?: number
  readonly p99Ms?: number
  readonly [figure: string]: unknown
}

export interface BenchReport {
  readonly bench: string
  readonly durability: string
  readonly machine: string
  readonly versions: Readonly<Record<string, string>>
  readonly cases: readonly CaseResult[]
  readonly ratios: Readonly<Record<string, number>>
  /** What the figures do not show. */
  readonly notes: readonly string[]
}

/** What one run of a case gives: its rate and latencies in milliseconds. */
export interface Run {
  readonly perSecond: number
  readonly latencies?: readonly number[]
  readonly figures?: Readonly<Record<string, number>>
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] as number
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

const round = (value: number, digits = 2): number => Number(value.toFixed(digits))

/** Sums up the runs of a case. */
export function summarise(name: string, runs: readonly Run[]): CaseResult {
  const rates = runs.map(run => run.perSecond)
  const timed = runs.filter(run => run.latencies && run.latencies.length > 0)
  const figureNames = [...new Set(runs.flatMap(run => Object.keys(run.figures ?? {})))]
  const figures = Object.fromEntries(
    figureNames.map(figure => [figure, round(median(runs.map(run => run.figures?.[figure] ?? 0)))]),
  )
  return {
    name,
    perSecond: Math.round(median(rates)),
    spread: [Math.round(Math.min(...rates)), Math.round(Math.max(...rates))],
    ...(timed.length === 0
      ? {}
      : {
          p50Ms: round(median(timed.map(run => percentile(run.latencies ?? [], 0.5)))),
          p99Ms: round(median(timed.map(run => percentile(run.latencies ?? [], 0.99)))),
        }),
    ...figures,
  }
}

export function machine(): string {
  const [first] = cpus()
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`
}

export function versions(peers: Readonly<Record<string, string>> = {}): Record<string, string> {
  const manifest = JSON.parse(readFileSync(new URL('../engine/package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const database = new DatabaseSync(':memory:')
  const { version } = database.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  database.close()
  return { keelson: manifest.version, node: process.versions.node, sqlite: version, ...peers }
}

export function print(report: BenchReport): void {
  console.log(`${report.bench}  (${report.durability})\n${report.machine}`)
  console.log(
    Object.entries(report.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  )
  console.log()
  for (const { name, perSecond, spread, p50Ms, p99Ms, ...rest } of report.cases) {
    const latency = p99Ms === undefined ? '' : `  p50 ${p50Ms} ms  p99 ${p99Ms} ms`
    const figures = Object.entries(rest)
      .map(([figure, value]) => `  ${figure} ${String(value)}`)
      .join('')
    console.log(
      `${name.padEnd(44)} ${String(perSecond).padStart(8)}/s  (${spread.join('–')})${latency}${figures}`,
    )
  }
  console.log()
  for (const [name, ratio] of Object.entries(report.ratios)) console.log(`ratio ${name}: ${ratio}`)
  for (const note of report.notes) console.log(`· ${note}`)
}
