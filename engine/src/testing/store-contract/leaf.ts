import type { LogEvent } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'
import { sampleEvent } from '../sample-event.ts'
import { append, everyTenant, oneShard, positionsOf } from '../store-steps.ts'

const acme = { tenantId: 'acme' } as const
const hashesOf = (rows: readonly { readonly leafHash: string }[]) => rows.map(({ leafHash }) => leafHash)

/** Leaves, and what they record. */
export const leafCases: readonly ContractCase[] = [
  {
    name: 'leaves are given in order, of one tenant or all, with the hashes of the receipts',
    needs: oneShard,
    async run({ store }) {
      const first = await append(store, 'acme', 's', 3)
      const other = await append(store, 'globex', 's', 2)
      const last = await append(store, 'acme', 't', 2)
      const own = await store.leaves(acme, { after: 0, limit: 100 })
      expectEqual(hashesOf(own), hashesOf([...first, ...last]), 'hashes of a tenant')
      expectEqual(
        own.map(({ sequence, position, tenantId }) => [sequence, position, tenantId]),
        [...first, ...last].map(({ position }, n) => [n, position, 'acme']),
        'places of a tenant',
      )
      const all = await store.leaves(everyTenant, { after: 0, limit: 100 })
      expectEqual(hashesOf(all), hashesOf([...first, ...other, ...last]), 'hashes of all')
      expectEqual(
        all.map(({ tenantId }) => tenantId),
        ['acme', 'acme', 'acme', 'globex', 'globex', 'acme', 'acme'],
        'tenants',
      )
      expectEqual(positionsOf(await store.leaves(everyTenant, { after: 2, limit: 2 })), [3, 4], 'a part')
      expectEqual(positionsOf(await store.leaves(acme, { after: 3, limit: 1 })), [6], 'the next of a tenant')
      expectEqual(await store.leaves(acme, { after: 7, limit: 10 }), [], 'after the end')
      expectEqual(await store.leaves({ tenantId: 'nobody' }, { after: 0, limit: 10 }), [], 'of nobody')
    },
  },
  {
    name: 'leaves of removed events are given, those of deleted tenants are not',
    needs: oneShard,
    async run({ store }) {
      await append(store, 'globex', 's', 2)
      const receipts = await append(store, 'acme', 's', 2)
      await store.commit({
        scope: acme,
        bodies: [
          { tenantId: 'acme', positions: [3], becomes: 'removed' },
          { tenantId: 'acme', positions: [4], becomes: 'archived' },
        ],
      })
      await store.deleteTenant('globex')
      for (const scope of [acme, everyTenant])
        expectEqual(
          hashesOf(await store.leaves(scope, { after: 0, limit: 1 })),
          hashesOf(receipts.slice(0, 1)),
          'the first leaf',
        )
      const all = await store.leaves(everyTenant, { after: 0, limit: 10_000 })
      expectEqual(hashesOf(all), hashesOf(receipts), 'all leaves')
    },
  },
  {
    name: 'leaves are asked for after a position, and not without bound',
    async run({ store }) {
      for (const limit of [0, 10_001, 1.5, Number.NaN, -1])
        await expectError(store.leaves(acme, { after: 0, limit }), 'read_invalid')
      for (const after of [-1, 0.5, Number.NaN])
        await expectError(store.leaves(acme, { after, limit: 1 }), 'read_invalid')
      await expectError(store.leaves({ tenantId: '' }, { after: 0, limit: 1 }), 'tenant_required')
    },
  },
  {
    name: 'a leaf says what it records, an event where nothing else is said',
    async run({ store }) {
      const events: LogEvent[] = [
        sampleEvent('acme'),
        { ...sampleEvent('acme'), kind: 'erasure' },
        { ...sampleEvent('acme'), kind: 'hold.set' },
      ]
      await store.append('acme', [{ stream: 's', expected: 'none', events }])
      const stored = await Array.fromAsync(store.readAll(acme))
      const kinds = stored.map(({ kind, leaf }) => [kind, JSON.parse(leaf).kind])
      expectEqual(
        kinds,
        ['event', 'erasure', 'hold.set'].map(kind => [kind, kind]),
        'kinds',
      )
      const strange = { ...sampleEvent('acme'), kind: 'toString' } as unknown as LogEvent
      const write = { stream: 's', expected: 'any', events: [strange] } as const
      await expectError(store.append('acme', [write]), 'append_invalid')
    },
  },
]
