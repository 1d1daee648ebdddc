import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql'
import pg from 'pg'
import type { Load } from '../cases/callers.ts'
import { drive } from '../cases/callers.ts'
import { caseOptions, giveRun } from '../cases/case-process.ts'
import { data, silence } from './sample.ts'

const { url, poolSize, ...load } = caseOptions<Load & { url: string; poolSize: number }>()
silence()
const pool = new pg.Pool({ connectionString: url, max: poolSize })
const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } })
await store.schema.migrate()
const events = Array.from({ length: load.eventsPerCall }, () => ({ type: 'SubscriptionActivated', data }))
let stream = 0
const append = () => {
  stream += 1
  return store.appendToStream(`s-${stream % 1000}`, events)
}

await append()
giveRun(await drive(load, append))
