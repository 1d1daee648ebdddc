// At 64 callers at once this peer rejects appends outside of any promise and may hang.
import { getSQLiteEventStore } from '@event-driven-io/emmett-sqlite'
import type { Load } from '../cases/callers.ts'
import { drive } from '../cases/callers.ts'
import { caseOptions, giveRun } from '../cases/case-process.ts'
import { data, silence } from './sample.ts'

const { path, queued, ...load } = caseOptions<Load & { path: string; queued: boolean }>()
silence()
const store = getSQLiteEventStore({ fileName: path, schema: { autoMigration: 'CreateOrUpdate' } })
let stream = 0
const append = () => {
  stream += 1
  return store.appendToStream(`s-${stream % 1000}`, [{ type: 'SubscriptionActivated', data }])
}
let queue: Promise<unknown> = Promise.resolve()
const appendInTurn = () => {
  queue = queue.then(append, append)
  return queue
}

await append()
giveRun(await drive(load, queued ? appendInTurn : append))
