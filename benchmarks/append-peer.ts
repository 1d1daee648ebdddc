// Runs in a process of its own: at 64 callers this peer rejects appends outside of any promise and may hang.
import { getSQLiteEventStore } from '@event-driven-io/emmett-sqlite'

const [path = '', callersText = '1', secondsText = '3', mode = 'as it is'] = process.argv.slice(2)
console.error = () => undefined
console.log = () => undefined
process.on('uncaughtException', () => undefined)
process.on('unhandledRejection', () => undefined)

const store = getSQLiteEventStore({ fileName: path, schema: { autoMigration: 'CreateOrUpdate' } })
const data = { text: 'x'.repeat(560), count: 1, subscriptionId: 'sub-4f7c', editionCode: 'enterprise' }
let stream = 0
let done = 0
let failed = 0
const append = async () => {
  stream += 1
  try {
    await store.appendToStream(`s-${stream % 1000}`, [{ type: 'SubscriptionActivated', data }])
    done += 1
  } catch {
    failed += 1
  }
}
let queue: Promise<void> = Promise.resolve()
const queued = () => {
  queue = queue.then(append)
  return queue
}

await append()
done = 0
const started = performance.now()
const finish = () => {
  const seconds = (performance.now() - started) / 1000
  process.stdout.write(
    JSON.stringify({ perSecond: done / seconds, failedShare: failed / Math.max(1, done + failed) }),
    () => process.exit(0),
  )
}
// A caller that hangs must not keep the figure from being printed.
setTimeout(finish, Number(secondsText) * 1000 + 500)
const end = started + Number(secondsText) * 1000
const caller = async () => {
  while (performance.now() < end) await (mode === 'queued' ? queued() : append())
}
await Promise.all(Array.from({ length: Number(callersText) }, caller))
finish()
