import { PostgresStore } from '@rotorsoft/act-pg'
import type { Load } from '../cases/callers.ts'
import { drive } from '../cases/callers.ts'
import { caseOptions, giveRun } from '../cases/case-process.ts'
import { data, silence } from './sample.ts'

const { url, poolSize, ...load } = caseOptions<Load & { url: string; poolSize: number }>()
silence()
const store = new PostgresStore({ connectionString: url, max: poolSize } as ConstructorParameters<
  typeof PostgresStore
>[0])
await store.seed()
const events = Array.from({ length: load.eventsPerCall }, () => ({ name: 'SubscriptionActivated', data }))
const meta = { correlation: 'corr-1f4a8d20', causation: {} }
let stream = 0
const append = () => {
  stream += 1
  return store.commit(`s-${stream % 1000}`, events, meta)
}

await append()
giveRun(await drive(load, append))
