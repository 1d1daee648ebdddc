// Settings as its docs advise for throughput: batches, several loops, no pause while a batch comes back full.
import { PgBoss } from 'pg-boss'
import { caseOptions, giveRun } from '../cases/case-process.ts'
import { data, silence } from './sample.ts'

export interface PgBossOptions {
  readonly url: string
  readonly jobs: number
  readonly batchSize: number
  readonly loops: number
}

const { url, jobs, batchSize, loops } = caseOptions<PgBossOptions>()
silence()
const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
await boss.start()
await boss.createQueue('own')
for (let at = 0; at < jobs; at += 1000)
  await boss.insert(
    'own',
    Array.from({ length: 1000 }, () => ({ data })),
  )
const started = performance.now()
const { promise, resolve } = Promise.withResolvers<void>()
let left = jobs
const options = { batchSize, localConcurrency: loops, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true }
await boss.work('own', options, async all => {
  left -= all.length
  if (left <= 0) resolve()
})
await promise
giveRun({ perSecond: jobs / ((performance.now() - started) / 1000) })
