import type { EventStore, UnitOfWork } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'
import { sampleEvent } from '../sample-event.ts'
import { all, append, positionsOf } from '../store-steps.ts'

const scope = { tenantId: 'acme' } as const
const everyone = { tenantId: 'every tenant' } as const
const hasSql = {
  reason: 'the store has no SQL',
  isMet: ({ sql }: { readonly sql: string }) => sql !== 'none',
}

const table = 'CREATE TABLE IF NOT EXISTS contract_row (a INTEGER PRIMARY KEY, b TEXT)'
const insert = (a: number, b = 'x') => ({
  sql: 'INSERT INTO contract_row (a, b) VALUES (?, ?)',
  params: [a, b],
})
const rows = (store: EventStore) => store.query(scope, 'SELECT a, b FROM contract_row ORDER BY a', [])

/** A unit with a part of each kind that every store has. */
function wholeUnit(expected: number, from = 0): UnitOfWork {
  return {
    scope,
    checkpoint: { name: 'c', from, to: from + 1 },
    appends: [
      { tenantId: 'acme', writes: [{ stream: 's', expected, events: [sampleEvent('acme')] }] },
      { tenantId: 'acme', writes: [{ stream: 't', expected: 'any', events: [sampleEvent('acme')] }] },
    ],
    documents: [{ tenantId: 'acme', collection: 'c', id: 'd', value: { from } }],
  }
}

const state = async (store: EventStore) => [
  await store.head(scope),
  await store.checkpoint('c'),
  (await store.document('acme', 'c', 'd'))?.revision ?? 0,
]

/** Units of work, checkpoints and read models. */
export const unitCases: readonly ContractCase[] = [
  {
    name: 'a checkpoint moves only from where it stands',
    async run({ store }) {
      const move = (from: number, to: number) =>
        store.commit({ scope: everyone, checkpoint: { name: 'c', from, to } })
      expectEqual(await store.checkpoint('c'), 0, 'checkpoint before its first step')
      await expectError(move(1, 2), 'checkpoint_conflict')
      await move(0, 5)
      await expectError(move(0, 6), 'checkpoint_conflict')
      await move(5, 7)
      await move(7, 3)
      expectEqual([await store.checkpoint('c'), await store.checkpoint('other')], [3, 0], 'checkpoints')
    },
  },
  {
    name: 'of concurrent steps of a checkpoint one wins',
    async run({ store }) {
      const steps = Array.from({ length: 10 }, (_, index) =>
        store.commit({ scope: everyone, checkpoint: { name: 'c', from: 0, to: index + 1 } }),
      )
      const outcomes = await Promise.allSettled(steps)
      const winner = outcomes.findIndex(({ status }) => status === 'fulfilled')
      expectEqual(outcomes.filter(({ status }) => status === 'fulfilled').length, 1, 'winners')
      expectEqual(await store.checkpoint('c'), winner + 1, 'checkpoint')
    },
  },
  {
    name: 'a unit is stored whole, with the receipts of its appends in order',
    async run({ store }) {
      const receipts = await store.commit(wholeUnit(0))
      expectEqual(
        receipts.map(({ stream, version }) => [stream, version]),
        [
          ['s', 1],
          ['t', 1],
        ],
        'receipts',
      )
      expectEqual(await state(store), [2, 1, 1], 'state')
      expectEqual(positionsOf(await all(() => store.readAll(scope))), [1, 2], 'log')
    },
  },
  {
    name: 'a unit of which any part is refused changes nothing',
    async run({ store }) {
      await store.commit(wholeUnit(0))
      const unit = wholeUnit(1, 1)
      const conflicting = { tenantId: 'acme', collection: 'c', id: 'e', value: 1, expected: 4 }
      const twice = { appends: [...(unit.appends ?? []), ...(wholeUnit(1).appends ?? [])] }
      await expectError(
        store.commit({ ...unit, checkpoint: { name: 'c', from: 0, to: 9 } }),
        'checkpoint_conflict',
      )
      await expectError(store.commit(wholeUnit(0, 1)), 'version_conflict')
      await expectError(store.commit({ ...unit, ...twice }), 'version_conflict')
      const documents = [...(unit.documents ?? []), conflicting]
      await expectError(store.commit({ ...unit, documents }), 'document_conflict')
      expectEqual(await state(store), [2, 1, 1], 'state')
      const [next] = await append(store, 'acme', 's', 1, 1)
      expectEqual(next?.position, 3, 'the next position')
    },
  },
  {
    name: 'the parts of a unit are carried out in their order: the first that is refused says why',
    async run({ store }) {
      await store.commit(wholeUnit(0))
      const bad = {
        checkpoint: { name: 'c', from: 9, to: 10 },
        appends: wholeUnit(0).appends ?? [],
        documents: [{ tenantId: 'acme', collection: 'c', id: 'd', value: 1, expected: 9 }],
      }
      await expectError(store.commit({ scope, ...bad }), 'checkpoint_conflict')
      await expectError(
        store.commit({ scope, ...bad, checkpoint: { name: 'c', from: 1, to: 2 } }),
        'version_conflict',
      )
      const last = { checkpoint: { name: 'c', from: 1, to: 2 }, appends: wholeUnit(1).appends ?? [] }
      await expectError(store.commit({ scope, ...bad, ...last }), 'document_conflict')
      expectEqual(await state(store), [2, 1, 1], 'state')
    },
  },
  {
    name: 'a unit that is refused does not hurt what is committed beside it',
    async run({ store }) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 30 }, (_, index) =>
          index % 3 === 0 ? append(store, 'acme', `own-${index}`) : store.commit(wholeUnit(0)),
        ),
      )
      expectEqual(outcomes.filter(({ status }) => status === 'fulfilled').length, 11, 'winners')
      expectEqual(await state(store), [12, 1, 1], 'state')
    },
  },
  {
    name: 'what an append of a unit needs of the log, its earlier appends count for',
    async run({ store }) {
      const event = () => sampleEvent('acme', { metadata: { tags: ['a'] } })
      const unless = { query: [{ tags: ['a'] }], after: 0 }
      const first = {
        tenantId: 'acme',
        writes: [{ stream: 's', expected: 'none' as const, events: [event()] }],
      }
      const second = (expected: number) => ({
        tenantId: 'acme',
        writes: [{ stream: 's', expected, events: [event()] }],
      })
      await expectError(store.commit({ scope, appends: [first, second(0)] }), 'version_conflict')
      const guarded = { ...second(1), options: { unless } }
      await expectError(store.commit({ scope, appends: [first, guarded] }), 'append_condition_failed')
      const receipts = await store.commit({ scope, appends: [first, second(1)] })
      expectEqual(
        receipts.map(({ version }) => version),
        [1, 2],
        'versions',
      )
    },
  },
  {
    name: 'a repeated append of a unit gives its first receipts, and the unit’s other parts are carried out',
    async run({ store }) {
      const unit = wholeUnit(0)
      const first = await store.commit(unit)
      const again = await store.commit({ ...unit, checkpoint: { name: 'c', from: 1, to: 2 } })
      expectEqual(
        again,
        first.map(receipt => ({ ...receipt, duplicate: true })),
        'receipts',
      )
      expectEqual(await state(store), [2, 2, 2], 'state')
    },
  },
  {
    name: 'a unit for one tenant changes nothing of another’s, one for every tenant may',
    async run({ store }) {
      const document = { tenantId: 'globex', collection: 'c', id: 'd', value: 1 }
      const writes = [{ stream: 's', expected: 'any', events: [sampleEvent('globex')] }] as const
      await append(store, 'globex', 's')
      const bodies = [{ tenantId: 'globex', positions: [1, 2], becomes: 'removed' }] as const
      await expectError(store.commit({ scope, documents: [document] }), 'tenant_mismatch')
      await expectError(store.commit({ scope, appends: [{ tenantId: 'globex', writes }] }), 'tenant_mismatch')
      await expectError(store.commit({ scope, bodies }), 'tenant_mismatch')
      const own = { ...document, tenantId: 'acme' }
      await store.commit({ scope: everyone, documents: [document, own] })
      const found = [await store.document('acme', 'c', 'd'), await store.document('globex', 'c', 'd')]
      expectEqual(
        found.map(one => one?.tenantId),
        ['acme', 'globex'],
        'documents',
      )
    },
  },
  {
    name: 'a unit wakes the tails with what it appended',
    async run({ store }) {
      const pages = store.tail(scope)[Symbol.asyncIterator]()
      const page = pages.next()
      await store.commit(wholeUnit(0))
      expectEqual((await page).value?.[0]?.position, 1, 'position')
      await pages.return?.()
    },
  },
  {
    name: 'statements are stored with the rest of the unit, or not at all',
    needs: hasSql,
    async run({ store }) {
      await store.define([table])
      await store.commit({ ...wholeUnit(0), statements: [insert(1)] })
      const failing = { ...wholeUnit(1, 1), statements: [insert(2), insert(1)] }
      await expectError(store.commit(failing), 'store_failed')
      await expectError(store.commit({ ...wholeUnit(0, 1), statements: [insert(3)] }), 'version_conflict')
      expectEqual(await rows(store), [[1, 'x']], 'rows')
      expectEqual(await state(store), [2, 1, 1], 'state')
    },
  },
  {
    name: 'parameters are marked in turn or by number, and a mark in a text is none',
    needs: hasSql,
    async run({ store }) {
      await store.define([table])
      const numbered = {
        sql: "INSERT INTO contract_row (b, a) VALUES (?2 || '?1 ? ' || ?2, ?1)",
        params: [7, 'y'],
      }
      await store.commit({ scope, statements: [insert(1, 'wo?'), numbered] })
      expectEqual(
        await rows(store),
        [
          [1, 'wo?'],
          [7, 'y?1 ? y'],
        ],
        'rows',
      )
      const found = await store.query(scope, 'SELECT b FROM contract_row WHERE a = ?1 OR a = ?1 + ?2', [1, 6])
      expectEqual(found.length, 2, 'rows by numbered parameters')
    },
  },
  {
    name: 'values of every kind come back as they were written',
    needs: hasSql,
    async run({ store }) {
      const bytes = store.capabilities.sql === 'sqlite' ? 'BLOB' : 'BYTEA'
      const columns = `a INTEGER PRIMARY KEY, big BIGINT, real DOUBLE PRECISION, text TEXT, bytes ${bytes}, missing TEXT`
      await store.define([`CREATE TABLE IF NOT EXISTS contract_value (${columns})`])
      const params = [1, 2 ** 53 - 1, 0.1, 'ü\n"\'\\ 🚢', new Uint8Array([0, 255, 10]), null]
      await store.commit({
        scope,
        statements: [{ sql: 'INSERT INTO contract_value VALUES (?, ?, ?, ?, ?, ?)', params }],
      })
      const [row = []] = await store.query(scope, 'SELECT * FROM contract_value', [])
      expectEqual(row.toSpliced(4, 1), params.toSpliced(4, 1), 'values')
      expectEqual([...(row[4] as Uint8Array)], [0, 255, 10], 'bytes')
      const [count] = await store.query(scope, 'SELECT count(*), max(big) FROM contract_value', [])
      expectEqual(count, [1, 2 ** 53 - 1], 'numbers that are counted')
    },
  },
  {
    name: 'tables may be defined again, also by two at once',
    needs: hasSql,
    async run({ store }) {
      const statements = [table, 'CREATE INDEX IF NOT EXISTS contract_row_by_b ON contract_row (b)']
      await Promise.all([store.define(statements), store.define(statements)])
      await store.commit({ scope, statements: [insert(1)] })
      await store.define(statements)
      expectEqual((await rows(store)).length, 1, 'rows')
    },
  },
  {
    name: 'a query writes nothing, and its failure says what is wrong',
    needs: hasSql,
    async run({ store }) {
      await store.define([table])
      const attempt = await store
        .query(scope, "INSERT INTO contract_row VALUES (1, 'x')", [])
        .catch(error => error.code)
      expectEqual(typeof attempt, 'string', 'a refusal with its code')
      expectEqual(await rows(store), [], 'rows')
      await expectError(store.query(scope, 'SELECT never FROM contract_row', []), 'store_failed')
      await expectError(store.query({ tenantId: '' }, 'SELECT 1', []), 'tenant_required')
      const signal = AbortSignal.abort(Object.assign(new Error('enough'), { code: 'enough' }))
      await expectError(store.query(scope, 'SELECT 1', [], { signal }), 'enough')
    },
  },
  {
    name: 'a store without SQL says so',
    needs: { reason: 'the store has SQL', isMet: ({ sql }) => sql === 'none' },
    async run({ store }) {
      await expectError(store.query(scope, 'SELECT 1', []), 'store_failed')
      await expectError(store.define([table]), 'store_failed')
      await expectError(store.commit({ ...wholeUnit(0), statements: [insert(1)] }), 'store_failed')
      expectEqual(await state(store), [0, 0, 0], 'state')
    },
  },
]
