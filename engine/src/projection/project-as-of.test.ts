import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../store/memory/index.ts'
import { temporaryFolder } from '../store/sqlite/fixtures/temporary-store.ts'
import { sampleEvent } from '../testing/index.ts'
import { range } from '../testing/transport-contract/transport-steps.ts'
import { asOfCases } from './fixtures/as-of-cases.ts'
import { defineProjection, projectAsOf } from './index.ts'

describe('a look back, in memory', () => {
  asOfCases(work => work(createMemoryStore()))
})

describe('a look back, on SQLite', () => {
  asOfCases(async work => {
    await using folder = temporaryFolder()
    await work(await folder.open())
  })
})

describe('a look back', () => {
  const texts = defineProjection({
    name: 'Texts',
    version: 1,
    schema: { sqlite: ['CREATE TABLE text (text TEXT, big INTEGER)'], postgres: ['not asked for'] },
    handle: (event, unit) => unit.insert('text', { text: event.body.repeat(20), big: 2n ** 60n }),
  })
  const at = { position: 1_000 }

  async function withEvents(count: number) {
    const store = createMemoryStore()
    const events = range(count).map(() => sampleEvent('acme'))
    await store.append('acme', [{ stream: 's', expected: 'any', events }])
    return store
  }

  it('takes no more memory than it may', async () => {
    const store = await withEvents(900)
    const limited = projectAsOf(store, texts, { tenantId: 'acme', at, maxBytes: 1024 * 1024 })
    await expect(limited).rejects.toMatchObject({ code: 'view_too_large' })
    using view = await projectAsOf(store, texts, { tenantId: 'acme', at })
    expect(view.query('SELECT count(*), max(big) FROM text')).toEqual([[900, 2n ** 60n]])
  })

  it('is only read, says what is wrong with a question, and is gone when it is closed', async () => {
    const store = await withEvents(3)
    const view = await projectAsOf(store, texts, { tenantId: 'acme', at })
    expect(() => view.query('DELETE FROM text')).toThrow('readonly')
    expect(() => view.query('SELECT colour FROM text')).toThrow('no such column')
    view.close()
    view.close()
    expect(() => view.query('SELECT 1')).toThrow('not open')
  })

  it('ends when it is told to', async () => {
    const store = await withEvents(3)
    const options = { tenantId: 'acme', at, signal: AbortSignal.abort() }
    await expect(projectAsOf(store, texts, options)).rejects.toThrow()
  })

  it.each([
    ['every tenant', { position: 1 }],
    ['acme', { position: -1 }],
    ['acme', { time: 'yesterday' }],
  ])('is refused: %s at %j', async (tenantId, wrong) => {
    const store = await withEvents(1)
    await expect(projectAsOf(store, texts, { tenantId, at: wrong })).rejects.toMatchObject({
      code: 'read_invalid',
    })
  })

  it('is refused where the definition is in words that SQLite does not know, or writes more than rows', async () => {
    const store = await withEvents(1)
    const foreign = { ...texts, schema: ['CREATE TABLE t (a jsonb[] GENERATED ALWAYS AS IDENTITY)'] }
    const more = {
      ...texts,
      handle: (_: unknown, unit: Parameters<typeof texts.handle>[1]) =>
        unit.add({ documents: [{ tenantId: 'acme', collection: 'c', id: 'i', value: 1 }] }),
    }
    for (const definition of [foreign, more])
      await expect(projectAsOf(store, definition, { tenantId: 'acme', at })).rejects.toMatchObject({
        code: 'read_invalid',
      })
  })
})
