import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TemporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { removalSuites } from './fixtures/removal-suites.ts'
import { createSetting, recordsOf, signIn } from './fixtures/setting.ts'

describe('removal, on PostgreSQL', () => {
  let database: TemporaryPostgres
  beforeAll(async () => {
    database = await temporaryPostgres()
  })
  afterAll(() => database[Symbol.asyncDispose]())
  removalSuites(() => database.open(), 'some steps')

  it('by several servers at once is recorded once', async () => {
    const anna = { userId: 'usr-anna', email: 'anna@example.com' }
    const why = { subject: anna.userId, basis: 'gdpr-17-1-b', request: 'TICKET-4711' }
    const settings = await Promise.all([1, 2].map(async () => createSetting(await database.open())))
    const [first] = settings
    if (first === undefined) throw new Error('There are two')
    const tenants = ['servers-a', 'servers-b', 'servers-c']
    for (const tenantId of tenants) {
      await signIn(first, tenantId, anna)
      await Promise.all(settings.map(({ removals }) => removals.requestErasure(tenantId, why)))
    }
    for (const { clock } of settings) clock.move(1_000)
    await Promise.all(settings.map(({ removals }) => removals.work()))
    for (const { clock } of settings) clock.move(60_000)
    await first.removals.work()
    for (const tenantId of tenants) {
      expect(await first.removals.erasures(tenantId)).toMatchObject([{ status: 'completed' }])
      expect(await recordsOf(first.store, tenantId, 'erasure')).toHaveLength(1)
    }
    await Promise.all(settings.map(({ close }) => close()))
  })
})
