// Settings as the guide of BullMQ advises for throughput: one connection for each queue and worker, jobs removed when done.
import { Queue, Worker } from 'bullmq'
import { drive } from '../cases/callers.ts'
import { caseOptions, giveRun } from '../cases/case-process.ts'
import { data, silence } from './sample.ts'

export interface BullmqOptions {
  readonly port: number
  readonly kind: 'add' | 'handle'
  readonly callers: number
  readonly seconds: number
  /** Jobs that wait when the workers begin, and the queues that each is in: a queue has one group of workers. */
  readonly jobs: number
  readonly queues: number
}

const { port, kind, callers, seconds, jobs, queues } = caseOptions<BullmqOptions>()
silence()
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null }
const options = { connection, defaultJobOptions: { removeOnComplete: true, removeOnFail: true } }
const all = Array.from({ length: queues }, (_, at) => new Queue(`q${at}`, options))
await Promise.all(all.map(queue => queue.waitUntilReady()))

if (kind === 'add') {
  const [queue] = all as [Queue]
  giveRun(await drive({ callers, seconds, eventsPerCall: 1 }, () => queue.add('SubscriptionActivated', data)))
} else {
  for (const queue of all)
    for (let at = 0; at < jobs; at += 500)
      await queue.addBulk(Array.from({ length: 500 }, () => ({ name: 'SubscriptionActivated', data })))
  const started = performance.now()
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = jobs * queues
  for (const { name } of all)
    new Worker(
      name,
      async () => {
        left -= 1
        if (left === 0) resolve()
      },
      { connection, concurrency: callers },
    )
  await promise
  giveRun({ perSecond: (jobs * queues) / ((performance.now() - started) / 1000) })
}
