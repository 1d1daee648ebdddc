import type { EventStore, ReadOptions, Scope, StreamWrite } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'
import { sampleEvent } from '../sample-event.ts'
import { all, append, samples } from '../store-steps.ts'

const scope = { tenantId: 'acme' } as const
const malformedNames = ['', 'x'.repeat(1_025), 'half \ud800', 'with \0']
/** What a caller without types may send. */
const untyped = <Wanted>(value: unknown): Wanted => value as Wanted

/** Nothing was written by what was refused. */
async function expectUntouched(store: EventStore): Promise<void> {
  expectEqual(await store.head(scope), 0, 'head')
  expectEqual(await store.documents(scope, 'c'), [], 'documents')
  expectEqual(await store.checkpoint('c'), 0, 'checkpoint')
}

/** What is malformed is refused with a clear error, and nothing is written. */
export const badInputCases: readonly ContractCase[] = [
  {
    name: 'a malformed append is refused',
    async run({ store }) {
      const event = sampleEvent('acme')
      const write: StreamWrite = { stream: 's', expected: 'any', events: [event] }
      const malformed: (readonly StreamWrite[])[] = [
        [],
        [{ ...write, events: [] }],
        [write, { ...write, events: samples('acme', 1) }],
        [{ ...write, events: [event, event] }],
        [write, { ...write, stream: 't' }],
        ...[-1, 1.5, Number.NaN, untyped<number>('3'), untyped<'any'>('ANY')].map(expected => [
          { ...write, expected },
        ]),
        ...malformedNames.map(stream => [{ ...write, stream }]),
        [{ ...write, closes: untyped<'sealed'>('shut') }],
      ]
      for (const writes of malformed) await expectError(store.append('acme', writes), 'append_invalid')
      await expectUntouched(store)
    },
  },
  {
    name: 'an append beyond the bounds is refused',
    async run({ store }) {
      const huge = sampleEvent('acme', { payload: 'x'.repeat(300_000) })
      const large = store.append('acme', [{ stream: 's', expected: 'any', events: [huge] }])
      await expectError(large, 'event_too_large')
      await expectError(append(store, 'acme', 's', 10_001), 'append_invalid')
      const writes = samples('acme', 1_001).map((event, index): StreamWrite => {
        return { stream: `s-${index}`, expected: 'any', events: [event] }
      })
      await expectError(store.append('acme', writes), 'append_invalid')
      const many = Array.from({ length: 100 }, (_, index) => `tag-${index}`)
      for (const tags of [many, ['x'.repeat(300)], ['']]) {
        const events = [sampleEvent('acme', { metadata: { tags } })]
        await expectError(store.append('acme', [{ stream: 's', expected: 'any', events }]), 'append_invalid')
      }
      await expectUntouched(store)
    },
  },
  {
    name: 'a malformed condition or key is refused',
    async run({ store }) {
      const writes = [{ stream: 's', expected: 'any', events: samples('acme', 1) }] as const
      const query = [{ tags: ['a'] }]
      for (const after of [-1, 0.5, Number.NaN])
        await expectError(store.append('acme', writes, { unless: { query, after } }), 'append_invalid')
      for (const items of [
        [],
        [{}],
        [{ types: [], tags: [] }],
        [{ tags: [''] }],
        [{ tags: [untyped<string>(1)] }],
      ])
        await expectError(
          store.append('acme', writes, { unless: { query: items, after: 0 } }),
          'append_invalid',
        )
      for (const idempotencyKey of ['', 'x'.repeat(256)])
        await expectError(store.append('acme', writes, { idempotencyKey }), 'append_invalid')
      await expectUntouched(store)
    },
  },
  {
    name: 'no call goes without saying whose data',
    async run({ store }) {
      const calls: ((tenantId: string) => Promise<unknown>)[] = [
        tenantId => all(() => store.readStream(tenantId, 's')),
        tenantId => all(() => store.readAll({ tenantId })),
        async tenantId => store.tail({ tenantId })[Symbol.asyncIterator]().next(),
        tenantId => store.readEvent(tenantId, 'evt-1'),
        tenantId => store.readPositions(tenantId, [1]),
        tenantId => store.head({ tenantId }),
        tenantId => store.stream(tenantId, 's'),
        tenantId => store.document(tenantId, 'c', 'd'),
        tenantId => store.documents({ tenantId }, 'c'),
        tenantId => store.deleteTenant(tenantId),
        tenantId => store.commit({ scope: { tenantId } }),
        tenantId => store.append(tenantId, [{ stream: 's', expected: 'any', events: samples('acme', 1) }]),
      ]
      for (const [index, call] of calls.entries()) {
        for (const [tenantId, code] of [
          ['', 'tenant_required'],
          ['Not A Tenant', 'tenant_unknown'],
          ["a' OR 1=1--", 'tenant_unknown'],
          ['*', 'tenant_unknown'],
        ] as const)
          await expectError(() => call(tenantId), code).catch(cause => {
            throw new Error(`call ${index} with "${tenantId}"`, { cause })
          })
      }
    },
  },
  {
    name: 'every tenant is no tenant to write for',
    async run({ store }) {
      const writes = [{ stream: 's', expected: 'any', events: samples('acme', 1) }] as const
      await expectError(store.append('every tenant', writes), 'tenant_unknown')
      const document = { tenantId: 'every tenant', collection: 'c', id: 'd', value: 1 }
      const unit = { scope: { tenantId: 'every tenant' }, documents: [document] } as const
      await expectError(store.commit(unit), 'tenant_unknown')
      await expectError(store.deleteTenant('every tenant'), 'tenant_unknown')
    },
  },
  {
    name: 'a malformed read is refused',
    async run({ store }) {
      await append(store, 'acme', 's')
      const malformed: ReadOptions[] = [
        ...[-1, 0.5, Number.NaN, untyped<number>('1')].map(after => ({ after })),
        ...[-1, 0.5, Number.NaN].map(limit => ({ limit })),
        { direction: untyped<'forwards'>('sideways') },
        ...['yesterday', '2026-13-01T00:00:00Z', ''].map(asOf => ({ asOf })),
        { filter: { types: [''] } },
        { filter: { correlationId: '' } },
        ...[[], [{}], [{ tags: [''] }]].map(query => ({ filter: { query } })),
      ]
      for (const options of malformed) {
        await expectError(
          all(() => store.readAll(scope, options)),
          'read_invalid',
        )
        await expectError(
          all(() => store.readStream('acme', 's', options)),
          'read_invalid',
        )
      }
      for (const name of malformedNames) {
        await expectError(
          all(() => store.readStream('acme', name)),
          'read_invalid',
        )
        await expectError(store.stream('acme', name), 'read_invalid')
        await expectError(store.document('acme', name, 'd'), 'read_invalid')
        await expectError(store.document('acme', 'c', name), 'read_invalid')
        await expectError(store.documents(scope, name), 'read_invalid')
      }
    },
  },
  {
    name: 'a shard that is not there, and a time over every tenant, are refused',
    async run({ store }) {
      for (const shard of [-1, 0.5, store.capabilities.shards]) {
        const wrong: Scope = { tenantId: 'every tenant', shard }
        await expectError(
          all(() => store.readAll(wrong)),
          'read_invalid',
        )
        await expectError(store.head(wrong), 'read_invalid')
      }
      await expectError(store.head(scope, { except: 'globex' }), 'read_invalid')
      const asOf = '2026-06-11T09:00:01Z'
      const everyone: Scope = { tenantId: 'every tenant', shard: 0 }
      await expectError(
        all(() => store.readAll(everyone, { asOf })),
        'read_invalid',
      )
    },
  },
  {
    name: 'malformed positions and ids find nothing or are refused',
    async run({ store }) {
      await append(store, 'acme', 's')
      for (const position of [-1, 0, 0.5, Number.NaN, 2 ** 60]) {
        const found = await store
          .readPositions('acme', [position])
          .catch((error: { code: string }) => error.code)
        expectEqual(found === 'read_invalid' || JSON.stringify(found) === '[]', true, `position ${position}`)
      }
      for (const id of ['', 'x'.repeat(5_000), '\0', '\ud800']) {
        const found = await store.readEvent('acme', id).catch((error: { code: string }) => error.code)
        expectEqual(found === 'read_invalid' || found === undefined, true, `id of ${id.length} characters`)
      }
    },
  },
  {
    name: 'a malformed unit of work is refused',
    async run({ store }) {
      const document = { tenantId: 'acme', collection: 'c', id: 'd', value: 1 }
      const documents = [
        ...malformedNames.map(id => ({ ...document, id })),
        ...malformedNames.map(collection => ({ ...document, collection })),
        ...[-1, 0.5, Number.NaN].map(expected => ({ ...document, expected })),
        ...[0.5, Number.NaN, Number.POSITIVE_INFINITY].map(due => ({ ...document, due })),
      ]
      for (const change of documents)
        await expectError(store.commit({ scope, documents: [document, change] }), 'append_invalid')
      const checkpoints = [
        { name: '', from: 0, to: 1 },
        { name: 'c', from: 0, to: -1 },
        { name: 'c', from: 0, to: Number.NaN },
      ]
      for (const checkpoint of checkpoints)
        await expectError(store.commit({ scope, checkpoint }), 'append_invalid')
      await expectError(store.commit({ scope, durability: 'fsync' as 'relaxed' }), 'append_invalid')
      const bodies = [{ tenantId: 'acme', positions: [0], becomes: 'removed' as const }]
      await expectError(store.commit({ scope, bodies }), 'append_invalid')
      const large = { ...document, value: 'x'.repeat(9_000_000) }
      await expectError(store.commit({ scope, documents: [large] }), 'append_invalid')
      for (const query of [
        { limit: 0 },
        { limit: 1_001 },
        { limit: 0.5 },
        { dueUntil: 0.5 },
        { after: 'a', dueUntil: 1 },
        { dueUntil: 1, direction: 'backwards' as const },
        { direction: 'sideways' as 'backwards' },
      ])
        await expectError(store.documents(scope, 'c', query), 'read_invalid')
      await expectUntouched(store)
    },
  },
  {
    name: 'names as long as they may be are taken, whatever they are made of',
    async run({ store }) {
      for (const name of ['x', 'ü']
        .map(one => one.repeat(1_024))
        .concat('🚢'.repeat(512), 's’ "--\n%_\\ $1 ?'))
        await expectTaken(store, name)
      // All adapters index the same, so that a log can move between them.
      await expectError(append(store, 'acme', '界'.repeat(1_024)), 'append_invalid')
    },
  },
]

async function expectTaken(store: EventStore, name: string): Promise<void> {
  await append(store, 'acme', name, 2, 'none')
  expectEqual((await all(() => store.readStream('acme', name))).length, 2, 'events')
  await store.commit({ scope, documents: [{ tenantId: 'acme', collection: 'c', id: name, value: 1 }] })
  expectEqual((await store.document('acme', 'c', name))?.value, 1, 'document')
}
