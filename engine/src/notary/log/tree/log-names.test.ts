import { expect, it } from 'vitest'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { appendEvents } from '../fixtures/append-events.ts'
import { logName, manualClock, originOf, TestLogKeys } from '../fixtures/log-keys.ts'
import { LogNotary } from '../log-notary.ts'
import { LogNames } from './log-names.ts'

it('keeps no name that was looked up before the tenant was deleted', async () => {
  const keys = new TestLogKeys()
  await keys.logKey('acme')
  const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const names = new LogNames(
    {
      logKey: tenantId => keys.logKey(tenantId),
      async logKeys(tenantId) {
        const found = await keys.logKeys(tenantId)
        begun.resolve()
        await end.promise
        return found
      },
    },
    logName,
  )
  const early = names.of('acme')
  await begun.promise
  keys.renew('acme')
  await keys.logKey('acme')
  names.forget('acme')
  end.resolve()
  const [before, after] = [await early, await names.of('acme')]
  expect(after?.keyId).not.toBe(before?.keyId)
})

it('a log has its new name also in a process that did not delete its tenant', async () => {
  const [store, keys] = [createMemoryStore(), new TestLogKeys()]
  const open = () => new LogNotary(store, keys, { logName, clock: manualClock() })
  const [one, two] = [open(), open()]
  await appendEvents(store, 'acme', 1)
  await one.checkpointNow('acme')
  expect((await two.status('acme')).origin).toBe(originOf('acme'))
  await store.deleteTenant('acme')
  keys.renew('acme')
  await one.forget('acme')
  await appendEvents(store, 'acme', 1)
  await one.checkpointNow('acme')
  expect((await two.status('acme')).origin).toBe((await one.status('acme')).origin)
  expect((await two.status('acme')).origin).not.toBe(originOf('acme'))
  for (const notary of [one, two]) await notary.close()
})
