import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { appendBench } from './append.ts'
import { ingestBench } from './ingest.ts'
import type { BenchReport } from './report.ts'
import { print } from './report.ts'

const benches: Readonly<Record<string, (folder: string) => Promise<BenchReport>>> = {
  append: appendBench,
  ingest: ingestBench,
}
const name = process.argv[2] ?? ''
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined
if (!bench) {
  console.error(
    `Usage: npm run bench -- NAME [--json], where NAME is one of ${Object.keys(benches).join(', ')}`,
  )
  process.exit(2)
}
// On the disk of the checkout, for the temporary folder may be in memory, where fsync costs nothing.
const folder = fileURLToPath(new URL('./results/', import.meta.url))
mkdirSync(folder, { recursive: true })
const report = await bench(folder)
if (process.argv.includes('--json')) console.log(JSON.stringify(report))
else print(report)
