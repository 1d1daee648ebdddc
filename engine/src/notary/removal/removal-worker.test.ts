import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../store/memory/index.ts'
import { createSetting, recordsOf, signIn } from './fixtures/setting.ts'
import { openRemovals } from './open-removals.ts'

const anna = { userId: 'usr-anna', email: 'anna@example.com' }
const why = { subject: anna.userId, basis: 'gdpr-17-1-b', request: 'TICKET-4711' }

describe('the work on removals', () => {
  it('begins with a request as soon as it is started, and ends when it is closed', async () => {
    const setting = await createSetting(createMemoryStore())
    const { removals } = setting
    await signIn(setting, 'acme', anna)
    removals.start()
    removals.start()
    const { id } = await removals.requestErasure('acme', why)
    await expect.poll(async () => (await removals.erasure('acme', id)).status).toBe('completed')
    await removals.close()
    await removals.close()
    await signIn(setting, 'acme', anna)
    await removals.requestErasure('acme', why)
    expect(await removals.work()).toBe(0)
    await setting.close()
  })

  it('by several at once is recorded once', async () => {
    const store = createMemoryStore()
    const setting = await createSetting(store)
    const others = await Promise.all([1, 2, 3].map(() => createSetting(store, { clock: setting.clock })))
    const tenants = ['a', 'b', 'c', 'd', 'e']
    for (const tenantId of tenants) {
      await signIn(setting, tenantId, anna)
      await Promise.all([setting, ...others].map(({ removals }) => removals.requestErasure(tenantId, why)))
      expect(await setting.removals.erasures(tenantId)).toHaveLength(1)
    }
    await Promise.all([setting, ...others].map(({ removals }) => removals.work()))
    for (const tenantId of tenants) {
      expect(await setting.removals.erasures(tenantId)).toMatchObject([{ status: 'completed' }])
      expect(await recordsOf(store, tenantId, 'erasure')).toHaveLength(1)
    }
    await Promise.all([setting, ...others].map(({ close }) => close()))
  })

  it('goes on with others where one removal fails, which is tried again later', async () => {
    const store = createMemoryStore()
    const setting = await createSetting(store)
    const { ring, clock } = setting
    const alarms: string[] = []
    let isLocked = true
    const removals = openRemovals(
      store,
      {
        dataKeys: (...given) => ring.dataKeys(...given),
        keysOf: (...given) => ring.keysOf(...given),
        kidsOf: (...given) => ring.kidsOf(...given),
        async destroy(tenantId, kids) {
          if (tenantId === 'a' && isLocked) throw new Error('the vault is sealed')
          await ring.destroy(tenantId, kids)
        },
      },
      {
        copies: [],
        clock,
        onAlarm: ({ tenantId, what, detail }) => alarms.push(`${tenantId} ${what} ${detail}`),
      },
    )
    const ids: string[] = []
    for (const tenantId of ['a', 'b']) {
      await signIn(setting, tenantId, anna)
      ids.push((await removals.requestErasure(tenantId, why)).id)
    }
    expect(await removals.work()).toBe(2)
    const [first = '', second = ''] = ids
    expect(await removals.erasure('a', first)).toMatchObject({
      status: 'running',
      phase: 'removal',
      failures: 1,
    })
    expect(await removals.erasure('b', second)).toMatchObject({ status: 'completed' })
    expect(alarms).toEqual(['a stopped internal_error'])
    // It can neither be stopped nor taken back from here.
    await expect(removals.withdrawErasure('a', first)).rejects.toMatchObject({ code: 'removal_begun' })
    isLocked = false
    clock.move(1_000)
    await removals.work()
    expect(await removals.erasure('a', first)).toMatchObject({ status: 'completed', failures: 0 })
    await removals.close()
    await setting.close()
  })

  it('refuses two stores of copies of one name', async () => {
    const setting = await createSetting(createMemoryStore())
    const copy = { name: 'x', count: async () => 0, erase: async () => ({ removed: 0 }) }
    expect(() => openRemovals(setting.store, setting.ring, { copies: [copy, copy] })).toThrow(TypeError)
    await setting.close()
  })
})
