import type { DocumentChange, DocumentQuery, EventStore } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'

const scope = { tenantId: 'acme' } as const
const everyone = { tenantId: 'every tenant', shard: 0 } as const
const key = { tenantId: 'acme', collection: 'c' } as const

const put = (store: EventStore, ...documents: DocumentChange[]) => store.commit({ scope, documents })

const ids = async (store: EventStore, query = {}, collection = 'c') =>
  (await store.documents(scope, collection, query)).map(({ id }) => id)

/** Small records beside the log. */
export const documentCases: readonly ContractCase[] = [
  {
    name: 'a document is made, changed and deleted, and counts its changes',
    async run({ store }) {
      const read = () => store.document('acme', 'c', 'd')
      expectEqual(await read(), undefined, 'before it is made')
      await put(store, { ...key, id: 'd', value: { a: [1, null, 'ü'] }, due: 5 })
      const made = { ...key, id: 'd', revision: 1, due: 5, value: { a: [1, null, 'ü'] } }
      expectEqual(Object.entries((await read()) ?? {}).toSorted(), Object.entries(made).toSorted(), 'made')
      await put(store, { ...key, id: 'd', value: 'changed' })
      const changed = await read()
      expectEqual([changed?.revision, changed?.value, changed?.due], [2, 'changed', undefined], 'changed')
      await put(store, { ...key, id: 'd', value: null, due: -1 })
      expectEqual((await read())?.value, null, 'null is a value')
      await put(store, { ...key, id: 'd' })
      expectEqual(await read(), undefined, 'deleted')
      await put(store, { ...key, id: 'd' })
    },
  },
  {
    name: 'an expected revision is enforced, and a conflict names the actual one',
    async run({ store }) {
      const write = (expected: number, value: string | undefined = 'x') =>
        put(store, { ...key, id: 'd', expected, ...(value && { value }) })
      const conflict = await expectError(write(1), 'document_conflict')
      expectEqual(conflict.details['actual'], 0, 'actual revision of none')
      await write(0)
      const again = await expectError(write(0), 'document_conflict')
      expectEqual([again.details['id'], again.details['actual']], ['d', 1], 'details')
      await write(1)
      await expectError(write(1, ''), 'document_conflict')
      await write(2, '')
      await expectError(write(2, ''), 'document_conflict')
      await write(0)
      expectEqual((await store.document('acme', 'c', 'd'))?.revision, 1, 'revision of a new one')
    },
  },
  {
    name: 'of concurrent changes that expect the same revision one wins',
    async run({ store }) {
      const change = (expected: number) =>
        Promise.allSettled(
          Array.from({ length: 20 }, (_, value) => put(store, { ...key, id: 'd', value, expected })),
        )
      for (const expected of [0, 1]) {
        const outcomes = await change(expected)
        const winner = outcomes.findIndex(({ status }) => status === 'fulfilled')
        const document = await store.document('acme', 'c', 'd')
        expectEqual(outcomes.filter(({ status }) => status === 'rejected').length, 19, 'losers')
        expectEqual([document?.revision, document?.value], [expected + 1, winner], 'document')
      }
    },
  },
  {
    name: 'a conflict leaves all documents of the unit as they were',
    async run({ store }) {
      await put(store, { ...key, id: 'a', value: 1 })
      const changes = [
        { id: 'a', value: 2 },
        { id: 'b', value: 2 },
        { id: 'c', value: 2, expected: 1 },
      ]
      await expectError(put(store, ...changes.map(change => ({ ...key, ...change }))), 'document_conflict')
      const found = await store.documents(scope, 'c')
      expectEqual(
        found.map(({ id, revision, value }) => [id, revision, value]),
        [['a', 1, 1]],
        'documents',
      )
    },
  },
  {
    name: 'a document may change several times in a unit, each change seeing the one before',
    async run({ store }) {
      const change = (expected: number, value?: number) => ({
        ...key,
        id: 'd',
        expected,
        ...(value && { value }),
      })
      await put(store, change(0, 1), change(1, 2), change(2), change(0, 4))
      const document = await store.document('acme', 'c', 'd')
      expectEqual([document?.revision, document?.value], [1, 4], 'document')
    },
  },
  {
    name: 'units that change the same documents come one after another',
    async run({ store }) {
      const anew = ['d', 'e'].flatMap(id => [
        { ...key, id },
        { ...key, id, value: 1, expected: 0 },
      ])
      const over = ['e', 'd'].map(id => ({ ...key, id, value: 2 }))
      const removal = { ...key, id: 'd', expected: 1 }
      const units = Array.from({ length: 45 }, (_, index) => [anew, over, [removal]][index % 3] ?? [])
      const outcomes = await Promise.allSettled(units.map(changes => put(store, ...changes)))
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') continue
        // Only a removal can meet a revision that it does not expect, and then not the one that it does.
        const { code, details } = outcome.reason as { code: string; details: { actual: number } }
        expectEqual([index % 3, code, details.actual === 1], [2, 'document_conflict', false], `unit ${index}`)
      }
      expectEqual(
        (await store.document('acme', 'c', 'e')) !== undefined,
        true,
        'the document that nobody removes',
      )
    },
  },
  {
    name: 'a collection is read in the order of ids, from any id, with a limit',
    async run({ store }) {
      const names = ['b', 'a', 'B', 'a/2', 'a-1', 'ä', 'a/10', '_', 'z']
      await put(store, ...names.map(id => ({ ...key, id, value: 1 })), {
        ...key,
        collection: 'other',
        id: 'x',
        value: 1,
      })
      // By code units: capitals before small letters, what is not ASCII last.
      const sorted = ['B', '_', 'a', 'a-1', 'a/10', 'a/2', 'b', 'z', 'ä']
      expectEqual(await ids(store), sorted, 'all')
      expectEqual(await ids(store, { limit: 3 }), sorted.slice(0, 3), 'limited')
      expectEqual(await ids(store, { after: 'a-1', limit: 3 }), sorted.slice(4, 7), 'after an id')
      expectEqual(await ids(store, { after: 'a/' }), sorted.slice(4), 'after an id that is not there')
      expectEqual(await ids(store, { after: 'ä' }), [], 'after the last one')
      expectEqual(await ids(store, {}, 'never'), [], 'an empty collection')
    },
  },
  {
    name: 'a collection is read backwards too, from any id, with a limit',
    async run({ store }) {
      const sorted = ['B', 'a', 'a-1', 'a/10', 'b', 'ä']
      await put(store, ...sorted.map(id => ({ ...key, id, value: 1 })))
      const other = { ...key, tenantId: 'globex', id: 'a-1', value: 1 }
      await store.commit({ scope: { tenantId: 'globex' }, documents: [other] })
      const back = (query: DocumentQuery = {}) => ids(store, { ...query, direction: 'backwards' })
      expectEqual(await back(), sorted.toReversed(), 'all')
      expectEqual(await back({ limit: 2 }), ['ä', 'b'], 'limited')
      expectEqual(await back({ after: 'a/10', limit: 2 }), ['a-1', 'a'], 'before an id')
      expectEqual(await back({ after: 'a/' }), ['a-1', 'a', 'B'], 'before an id that is not there')
      expectEqual(await back({ after: 'B' }), [], 'before the first one')
    },
  },
  {
    name: 'a collection is read in pages of 100, at most 1,000',
    async run({ store }) {
      const numbered = Array.from({ length: 1_001 }, (_, index) => String(index).padStart(4, '0'))
      await put(store, ...numbered.map(id => ({ ...key, id, value: 1 })))
      expectEqual((await ids(store)).length, 100, 'default')
      expectEqual((await ids(store, { limit: 1_000 })).at(-1), '0999', 'limit')
    },
  },
  {
    name: 'what is due is read in the order in which it is due',
    async run({ store }) {
      const dues = { a: 30, b: 10, c: 20, d: undefined, e: 20, f: 40 }
      const documents = Object.entries(dues).map(([id, due]) => {
        return { ...key, id, value: 1, ...(due !== undefined && { due }) }
      })
      await put(store, ...documents)
      expectEqual(await ids(store, { dueUntil: 30 }), ['b', 'c', 'e', 'a'], 'due by 30')
      expectEqual(await ids(store, { dueUntil: 30, limit: 2 }), ['b', 'c'], 'limited')
      expectEqual(await ids(store, { dueUntil: 9 }), [], 'nothing due')
      await put(store, { ...key, id: 'b', value: 1, due: 25 }, { ...key, id: 'c', value: 1 })
      expectEqual(await ids(store, { dueUntil: 30 }), ['e', 'b', 'a'], 'after a change')
    },
  },
  {
    name: 'documents are their tenant’s; a scope of every tenant finds what is due of each',
    async run({ store }) {
      const documents = ['acme', 'globex'].map((tenantId, index) => {
        return { tenantId, collection: 'c', id: 'd', value: tenantId, due: 10 - index }
      })
      await store.commit({ scope: { tenantId: 'every tenant' }, documents })
      expectEqual(
        (await store.documents(scope, 'c')).map(({ value }) => value),
        ['acme'],
        'own',
      )
      expectEqual((await store.document('globex', 'c', 'd'))?.value, 'globex', 'by name')
      const due = await store.documents({ tenantId: 'globex' }, 'c', { dueUntil: 100 })
      expectEqual(
        due.map(({ tenantId }) => tenantId),
        ['globex'],
        'due of one',
      )
      if (store.capabilities.shards > 1) return
      const all = await store.documents(everyone, 'c', { dueUntil: 100 })
      expectEqual(
        all.map(({ tenantId }) => tenantId),
        ['globex', 'acme'],
        'due of every tenant',
      )
      expectEqual((await store.documents(everyone, 'c')).length, 2, 'documents of every tenant')
    },
  },
  {
    name: 'a document that was given or read is a copy',
    async run({ store }) {
      const value = { list: ['a'] }
      await put(store, { ...key, id: 'd', value })
      value.list.push('b')
      const found = (await store.document('acme', 'c', 'd'))?.value as { list: string[] }
      expectEqual(found, { list: ['a'] }, 'after a change of what was given')
      found.list.push('c')
      expectEqual(
        (await store.document('acme', 'c', 'd'))?.value,
        { list: ['a'] },
        'after a change of what was read',
      )
    },
  },
  {
    name: 'a large document comes back whole',
    async run({ store }) {
      const value = { text: 'ü'.repeat(1_000_000) }
      await put(store, { ...key, id: 'd', value })
      expectEqual((await store.document('acme', 'c', 'd'))?.value, value, 'value')
    },
  },
]
