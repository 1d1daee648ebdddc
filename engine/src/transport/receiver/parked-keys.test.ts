import { describe, expect, it } from 'vitest'
import { portOf } from '../../store/fixtures/port-of.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { range } from '../../testing/transport-contract/transport-steps.ts'
import { ParkedKeys } from './parked-keys.ts'

const scope = { tenantId: 'every tenant' } as const

describe('parked keys', () => {
  it('stay parked while they are read anew, whenever their change is committed', async () => {
    const store = createMemoryStore()
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const slow = {
      ...portOf(store),
      async documents(...args: Parameters<typeof store.documents>) {
        const found = await store.documents(...args)
        asked.resolve()
        await answer.promise
        return found
      },
    }
    const keys = new ParkedKeys(slow, scope, 'sub', 0)
    const early = keys.change('acme', 'early', 1)
    const reading = keys.refresh()
    await asked.promise
    const late = keys.change('acme', 'late', 1)
    await store.commit({ scope, documents: [early, late] })
    await keys.settled('acme', 'early', true)
    await keys.settled('acme', 'late', true)
    answer.resolve()
    await reading
    expect([keys.has('acme', 'early'), keys.has('acme', 'late')]).toEqual([true, true])
    expect([keys.has('globex', 'early'), keys.has('acme', 'other')]).toEqual([false, false])
    await keys.refresh()
    expect(keys.size).toBe(2)
  })

  it('go on where a change failed because somebody has let them', async () => {
    const store = createMemoryStore()
    const keys = new ParkedKeys(store, scope, 'sub', 0)
    const { collection, id } = keys.change('acme', 'a', 1)
    await store.commit({ scope, documents: [{ tenantId: 'acme', collection, id, value: 1, expected: 0 }] })
    await keys.settled('acme', 'a', true)
    await store.commit({ scope, documents: [{ tenantId: 'acme', collection, id }] })
    const change = keys.change('acme', 'a', 2)
    await expect(store.commit({ scope, documents: [change] })).rejects.toMatchObject({
      code: 'document_conflict',
    })
    await keys.settled('acme', 'a', false)
    expect(keys.has('acme', 'a')).toBe(false)
    expect(keys.change('acme', 'a', 3).expected).toBe(0)
  })

  it('are looked up where there are more than are read at once, and few of them stay in memory', async () => {
    const store = createMemoryStore()
    const before = new ParkedKeys(store, scope, 'sub', 0)
    const documents = range(4_000).map(index => before.change(`t-${index % 3}`, `key ${index}`, index))
    await store.commit({ scope, documents })
    const keys = new ParkedKeys(store, scope, 'sub', 0)
    await keys.refresh()
    expect([keys.isPartial, keys.size]).toEqual([true, 1_000])
    expect(keys.has('t-0', 'key 3999')).toBe(false)
    for (let first = 0; first < 4_000; first += 100) {
      const asked = range(100, first).map(index => [`t-${index % 3}`, `key ${index}`] as const)
      await keys.look([...asked, ['t-0', `other ${first}`]])
      expect(asked.every(([tenantId, key]) => keys.has(tenantId, key))).toBe(true)
      expect(keys.has('t-0', `other ${first}`)).toBe(false)
      expect(keys.size).toBeLessThanOrEqual(2_000)
    }
    const change = keys.change('t-0', 'key 3999', 1)
    expect(change.expected).toBe(1)
    await store.commit({
      scope,
      documents: documents
        .slice(0, 3_990)
        .map(({ value: _, due: __, ...gone }) => ({ ...gone, expected: 1 })),
    })
    await keys.refresh()
    expect([keys.isPartial, keys.has('t-1', 'key 1'), keys.has('t-0', 'key 3999')]).toEqual([
      false,
      false,
      true,
    ])
  })
})
