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

const roundRate = (rate: number): number => (rate < 100 ? Number(rate.toPrecision(3)) : Math.round(rate))

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
    perSecond: roundRate(median(rates)),
    spread: [roundRate(Math.min(...rates)), roundRate(Math.max(...rates))],
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
  console.log(`${versionList(report)}\n`)
  for (const { name, perSecond, spread, ...rest } of report.cases) {
    console.log(
      `${name.padEnd(58)} ${String(perSecond).padStart(8)}/s  (${spread.join('–')})  ${figureList(rest)}`,
    )
  }
  console.log()
  for (const [name, ratio] of Object.entries(report.ratios)) console.log(`ratio ${name}: ${ratio}`)
  for (const note of report.notes) console.log(`· ${note}`)
}

/** The report as a page of Markdown. */
export function toMarkdown(report: BenchReport): string {
  const rows = report.cases.map(
    ({ name, perSecond, spread, ...rest }) =>
      `| ${name} | ${perSecond} | ${spread.join('–')} | ${figureList(rest)} |`,
  )
  const ratios = Object.entries(report.ratios).map(([name, ratio]) => `| ${name} | ${ratio} |`)
  return [
    `# ${report.bench}\n`,
    `${report.machine}; ${versionList(report)}.\n`,
    `Durability: ${report.durability}.\n`,
    '| case | per second | lowest–highest run | |',
    '| --- | --- | --- | --- |',
    ...rows,
    '\n| ratio | |',
    '| --- | --- |',
    ...ratios,
    '',
    ...report.notes.map(note => `- ${note}`),
    '',
  ].join('\n')
}

const versionList = (report: BenchReport): string =>
  Object.entries(report.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')

const figureList = (figures: Readonly<Record<string, unknown>>): string =>
  Object.entries(figures)
    .filter(([name, value]) => !(name === 'failedShare' && value === 0))
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ')
