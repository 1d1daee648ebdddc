import { expect, it } from 'vitest'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { recordExport } from '../../record/bundle-exports.ts'
import { createSetting, signIn } from '../fixtures/setting.ts'
import { exportsOfKeys } from './out-of-reach.ts'

const tenantId = 'acme'
const anna = { userId: 'usr-anna', email: 'anna@example.com' }
const ben = { userId: 'usr-ben', email: 'ben@example.com' }

it('names exports with an entry of the subject, not those between its first and its last', async () => {
  const store = createMemoryStore()
  const setting = await createSetting(store)
  const { ring, removals } = setting
  for (const who of [anna, ben, ben, anna, ben]) await signIn(setting, tenantId, who)
  const ranges = [
    [0, 1],
    [1, 3],
    [2, 4],
    [4, 5],
    [0, 5],
  ] as const
  for (const [at, [from, to]] of ranges.entries()) {
    const of = { at: '2026-11-20T00:00:00Z', size: 5, where: 'downloaded', from, to }
    await recordExport(store, tenantId, { id: `with-${at}`, withPersonal: true, ...of })
    await recordExport(store, tenantId, { id: `without-${at}`, withPersonal: false, ...of })
  }
  const ids = async () =>
    (await exportsOfKeys(store, tenantId, await ring.kidsOf(tenantId, anna.userId))).map(({ id }) => id)
  expect(await ids()).toEqual(['with-0', 'with-2', 'with-4'])
  const why = { subject: anna.userId, basis: 'gdpr-17-1-b', request: 'TICKET-4711' }
  const { id } = await removals.requestErasure(tenantId, why)
  await removals.work()
  expect((await removals.erasure(tenantId, id)).outOfReach?.map(one => one.id)).toEqual([
    'with-0',
    'with-2',
    'with-4',
  ])
  await setting.close()
})
