import { expect, test } from 'vitest'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { appendEvents } from './fixtures/append-events.ts'
import { checkPublished } from './fixtures/check-published.ts'
import { logName, TestLogKeys } from './fixtures/log-keys.ts'
import { LogNotary } from './log-notary.ts'
import type { NotaryAlarm } from './port.ts'

const tenants = ['acme', 'beta', 'gamma', 'delta']

test('two notaries on one PostgreSQL sign every log once at each size, while events come in', async () => {
  await using postgres = await temporaryPostgres()
  const keys = new TestLogKeys()
  const alarms: NotaryAlarm[] = []
  const options = {
    logName,
    poll: 5,
    milliseconds: 20,
    standby: 400,
    onAlarm: (alarm: NotaryAlarm) => alarms.push(alarm),
  }
  const stores = [await postgres.open({ shards: 2 }), await postgres.open({ shards: 2 })] as const
  const notaries = stores.map(store => new LogNotary(store, keys, options))
  for (const notary of notaries) notary.start()
  const [one, two] = notaries as [LogNotary, LogNotary]
  for (let turn = 0; turn < 12; turn += 1) {
    const [store, other] = turn % 2 === 0 ? stores : [stores[1], stores[0]]
    await Promise.all([
      ...tenants.map(tenantId => appendEvents(store, tenantId, 40 + turn * 5, `Test-${turn}`)),
      // Also one that is asked to sign at once, whoever does the work otherwise.
      appendEvents(other, 'acme', 3, `Other-${turn}`).then(() => two.checkpointNow('acme')),
    ])
  }
  await one.close()
  for (const tenantId of tenants) {
    await appendEvents(stores[1], tenantId, 1)
    await expect.poll(async () => (await two.status(tenantId)).pending).toBe(0)
    const sizes = await checkPublished(stores[1], two, keys, tenantId)
    expect(sizes.length).toBeGreaterThan(1)
    expect(new Set(sizes).size).toBe(sizes.length)
  }
  await two.close()
  expect(alarms).toEqual([])
})
