import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { appendBench } from './append.ts'
import { catalogBench } from './catalog.ts'
import { deliveryBench } from './delivery.ts'
import { ingestBench } from './ingest.ts'
import { proofBench } from './proof.ts'
import type { BenchReport } from './report.ts'
import { print, toMarkdown } from './report.ts'
import { storeBench } from './store/store-bench.ts'
import type { BenchOptions } from './turns.ts'

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<BenchReport>>> = {
  append: appendBench,
  catalog: catalogBench,
  delivery: deliveryBench,
  ingest: ({ folder }) => ingestBench(folder),
  proof: proofBench,
  store: storeBench,
}
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    big: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    database: { type: 'string' },
    folder: { type: 'string' },
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
  },
})
const [name = ''] = positionals
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined
const [runs, seconds] = [Number(values.runs), Number(values.seconds)]
if (!bench || !(Number.isInteger(runs) && runs > 0) || !(seconds > 0)) {
  console.error(
    `Usage: npm run bench -- NAME [--json] [--save] [--only START] [--runs N] [--seconds N] [--database URL] [--big] [--folder PATH], where NAME is one of ${Object.keys(benches).join(', ')}`,
  )
  process.exit(2)
}
const folder = fileURLToPath(new URL('./results/', import.meta.url))
mkdirSync(folder, { recursive: true })
const { folder: kept } = values
const workplace = kept ?? mkdtempSync(`${folder}${name}-`)
if (kept === undefined) process.on('exit', () => rmSync(workplace, { recursive: true, force: true }))
else mkdirSync(kept, { recursive: true })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
const { database, only, big } = values
const report = await bench({
  folder: workplace,
  runs,
  seconds,
  only,
  big,
  ...(database === undefined ? {} : { database }),
})
if (values.save) {
  writeFileSync(`${folder}${report.bench}.json`, `${JSON.stringify(report, undefined, 2)}\n`)
  writeFileSync(`${folder}${report.bench}.md`, toMarkdown(report))
}
if (values.json) console.log(JSON.stringify(report))
else print(report)
