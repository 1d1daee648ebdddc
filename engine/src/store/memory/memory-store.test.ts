import { describe, expect, it } from 'vitest'
import type { EventStore } from '../port.ts'
import { createMemoryStore } from './index.ts'

const scope = { tenantId: 'acme' } as const
const most = 40_000
const ids = Array.from({ length: most }, (_, index) => `d-${String(index).padStart(5, '0')}`)
const documentOf = (id: string) => ({ tenantId: 'acme', collection: 'note', id, value: id })

/** Milliseconds of the processor: what else the machine does is left out. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

async function change(store: EventStore): Promise<void> {
  for (const id of ids.slice(0, 300)) await store.commit({ scope, documents: [documentOf(id)] })
}

describe('a memory store that holds much', () => {
  it('commits at the cost of what is written, and gives pages in their order', async () => {
    const [small, large] = [createMemoryStore(), createMemoryStore()]
    for (let at = 0; at < most; at += 1_000)
      await large.commit({
        scope,
        documents: ids
          .slice(at, at + 1_000)
          .toReversed()
          .map(documentOf),
      })
    await change(small)
    const usual = await costOf(() => change(small))
    expect(await costOf(() => change(large))).toBeLessThan(10 * usual + 50)
    const found: string[] = []
    while (found.length < most) {
      const after = found.at(-1)
      const page = await large.documents(scope, 'note', {
        limit: 1_000,
        ...(after === undefined ? {} : { after }),
      })
      found.push(...page.map(({ id }) => id))
    }
    expect(found).toEqual(ids)
  })

  it('takes everything back where one change of a unit fails', async () => {
    const store = createMemoryStore()
    await store.commit({ scope, documents: ['a', 'c'].map(documentOf) })
    const before = await store.documents(scope, 'note')
    const failing = store.commit({
      scope,
      documents: [
        documentOf('b'),
        { ...documentOf('a'), value: 'other' },
        { ...documentOf('c'), value: null },
        { ...documentOf('d'), collection: 'new' },
        { ...documentOf('b'), expected: 7 },
      ],
    })
    await expect(failing).rejects.toMatchObject({ code: 'document_conflict' })
    expect(await store.documents(scope, 'note')).toEqual(before)
    expect(await store.collections('acme')).toEqual(['note'])
  })
})
