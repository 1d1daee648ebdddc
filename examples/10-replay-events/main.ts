import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeliveryOptions } from 'keelson'
import {
  createPlatform,
  defineContext,
  defineEvent,
  defineProjection,
  foldAsOf,
  projectAsOf,
  withSideEffects,
} from 'keelson'
import { listReplays, replay, startReplay } from 'keelson/delivery'
import { createEmbeddedTransport } from 'keelson/embedded'
import { openSqliteStore } from 'keelson/sqlite'
import Type from 'typebox'

// 1. A subscription that counts payments and sends mail. Mail stands within `withSideEffects`.
const PaymentReceived = defineEvent({
  type: 'PaymentReceived',
  version: '1.0',
  kind: 'domain',
  topic: 'payments',
  summary: 'A customer paid.',
  producer: 'Billing',
  consumers: ['Accounts'],
  payload: Type.Object({ account: Type.String(), cents: Type.Integer() }),
  examples: [{ account: 'a', cents: 100 }],
})
type Payment = { account: string; cents: number }

const folder = await mkdtemp(join(tmpdir(), 'keelson-example-'))
const store = await openSqliteStore({ path: join(folder, 'keelson.db') })
const transport = createEmbeddedTransport(store)
const context = defineContext({ name: 'billing', events: [PaymentReceived] })
const platform = await createPlatform({ store, transport, contexts: [context] })

const counted: string[] = []
const mails: string[] = []
const sendMail = withSideEffects(event => void mails.push((event.payload as Payment).account))
const accounts: DeliveryOptions = {
  name: 'accounts',
  types: ['PaymentReceived'],
  async handle(event, delivery) {
    counted.push((event.payload as Payment).account)
    await sendMail(event, delivery)
  },
}
const subscription = platform.deliver(accounts)

for (const [account, cents] of [
  ['a', 100],
  ['b', 250],
  ['a', 300],
  ['c', 50],
] as const)
  await platform.publish('acme', {
    eventType: 'PaymentReceived',
    occurredAt: new Date().toISOString(),
    aggregateType: 'Account',
    aggregateId: account,
    payload: { account, cents },
  })
while (mails.length < 4) await new Promise(resolve => setTimeout(resolve, 5))
console.log(`live: ${counted.length} counted, ${mails.length} mails`)

// 2. The same events again, from a position on, where a filter holds. First a dry run, that only counts.
const query = { tenantId: 'acme', from: { position: 2 }, filter: 'payload.cents >= 100' } as const
const dry = await replay({ store, subscription, ...query, dryRun: true })
console.log(`a dry run: ${dry.matched} meant`)
const result = await replay({ store, subscription, ...query })
console.log(`replayed: ${result.replayed}; ${counted.length} counted, ${mails.length} mails`)

// 3. A replay that is kept: it has a rate, survives a restart, and is seen and steered from any process.
const run = await startReplay(store, { subscription, tenantId: 'acme', by: 'ann', ratePerSecond: 1_000 })
const ended = await run.done
console.log(`a run by ${ended.startedBy}: ${ended.state}, ${ended.progress.replayed} replayed`)
const { runs } = await listReplays(store, { tenantId: 'acme' })
console.log(`runs of the tenant: ${runs.length}`)

// 4. A look back: a read model, or a state, as it was at a position or a time.
const Totals = defineProjection({
  name: 'Totals',
  version: 1,
  schema: ['CREATE TABLE IF NOT EXISTS total (account TEXT PRIMARY KEY, cents BIGINT NOT NULL)'],
  handle(event, unit) {
    const { account, cents } = event.envelope.payload as Payment
    unit.write(
      `INSERT INTO total VALUES (?1, ?2)
       ON CONFLICT (account) DO UPDATE SET cents = total.cents + excluded.cents`,
      [account, cents],
    )
  },
})
for (const position of [2, 4]) {
  using view = await projectAsOf(store, Totals, { tenantId: 'acme', at: { position } })
  console.log(
    `at ${position}:`,
    JSON.stringify(view.query('SELECT account, cents FROM total ORDER BY account')),
  )
}
const at = { time: new Date().toISOString() }
const paid = await foldAsOf(
  store,
  { tenantId: 'acme', stream: 'Account-a', at },
  (sum, event) => sum + (event.envelope.payload as Payment).cents,
  0,
)
console.log(`account a has paid ${paid.state}`)

await platform.close()
await transport.close()
await rm(folder, { recursive: true })
