import { canonicalJson } from '../../core/index.ts'
import type { EventStore, LogEvent, Receipt, RecordedEvent } from '../../store/index.ts'
import { verifyLog } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'
import { sampleEvent } from '../sample-event.ts'
import { keyOf, openSecrets, sealedEvent } from '../sealed-event.ts'
import { all, everyTenant, oneShard, positionsOf } from '../store-steps.ts'

const acme = { tenantId: 'acme' } as const
const person = { name: 'Ada Lovelace', mail: 'ada@example.com', plan: 'team' }

async function store1(store: EventStore, event: LogEvent, stream = 's'): Promise<Receipt> {
  const { tenantId } = event.envelope
  const [receipt] = await store.append(tenantId, [{ stream, expected: 'any', events: [event] }])
  return receipt as Receipt
}

async function found(store: EventStore, { position }: Receipt, tenantId = 'acme'): Promise<RecordedEvent> {
  const [event] = await store.readPositions(tenantId, [position])
  if (!event) throw new Error(`there is no event at ${position}`)
  return event
}

const remove = (positions: readonly number[], kids: readonly string[], tenantId = 'acme') => ({
  scope: { tenantId },
  secrets: [{ tenantId, positions, kids }],
})

/** Hidden fields: what is sealed beside a body, found by its key, and deleted. */
export const sealedCases: readonly ContractCase[] = [
  {
    name: 'what is hidden in a body is sealed beside it, for its place, under the key of each subject',
    async run({ store }) {
      await store1(store, sampleEvent('acme'))
      const event = sealedEvent('acme', person, { name: 'k-a', mail: 'k-b' })
      const receipt = await store1(store, event)
      const reads: (readonly RecordedEvent[])[] = [
        [await found(store, receipt)],
        [(await store.readEvent('acme', receipt.eventId)) as RecordedEvent],
        await all(() => store.readAll(acme, { after: receipt.position - 1 })),
        await all(() => store.readStream('acme', 's', { after: 1 })),
      ]
      for (const [stored] of reads) {
        if (!stored) throw new Error('the event is not read')
        expectEqual(
          openSecrets(stored),
          { 'k-a': [['name', person.name]], 'k-b': [['mail', person.mail]] },
          'secrets',
        )
        expectEqual([stored.hidden, stored.disclosures], [2, []], 'hidden fields')
        expectEqual(stored.body, canonicalJson(event.envelope), 'body')
        const text = `${stored.body}${stored.secrets}${stored.leaf}`
        for (const value of [person.name, person.mail])
          expectEqual(text.includes(value), false, 'a value in plain text')
      }
      const [first] = await all(() => store.readAll(acme))
      expectEqual([first?.hidden, first?.secrets], [0, ''], 'an event that hides nothing')
      expectEqual((await verifyLog(store)).faults, [], 'faults')
    },
  },
  {
    name: 'of appends that share a batch each has its own secrets, also between refused ones and repeats',
    needs: oneShard,
    async run({ store }) {
      const repeated = sealedEvent('acme', { name: 'repeat' }, { name: 'k-r' })
      await store1(store, repeated)
      const tries = Array.from({ length: 40 }, async (_, at) => {
        const tenantId = at % 2 === 0 ? 'acme' : 'globex'
        const kid = `k-${at}`
        if (at % 10 === 4) return store1(store, repeated)
        if (at % 3 === 0) return store1(store, sampleEvent(tenantId, { payload: { name: `${at}` } }))
        const expected = at % 5 === 0 ? ('exists' as const) : ('any' as const)
        const events = [sealedEvent(tenantId, { name: `${at}`, kid }, { name: kid })]
        const stream = at % 5 === 0 ? `never-${at}` : 's'
        return (await store.append(tenantId, [{ stream, expected, events }]).catch(() => []))[0]
      })
      const stored = (await Promise.all(tries)).filter(one => one !== undefined && !one.duplicate)
      expectEqual(stored.length, 40 - 4 - 5, 'events that were stored')
      for (const event of await all(() => store.readAll(everyTenant))) {
        if (event.secrets === '') continue
        for (const [kid, opened] of Object.entries(openSecrets(event))) {
          const value = kid === 'k-r' ? 'repeat' : kid.slice(2)
          // An own member of the name is hidden as well.
          const own = kid === 'k-r' ? [] : [['kid', kid]]
          expectEqual(opened, [['name', value], ...own], `what ${kid} opens`)
        }
      }
      expectEqual((await verifyLog(store)).faults, [], 'faults')
    },
  },
  {
    name: 'a key is copied: neither is the caller’s wiped, nor does it have to stay',
    async run({ store }) {
      const event = sealedEvent('acme', person, { name: 'k-a' })
      const [secret] = event.secrets ?? []
      if (!secret) throw new Error('no secret')
      const receipt = await store1(store, event)
      expectEqual([...secret.key], [...keyOf('k-a')], 'key of the caller')
      const other = sealedEvent('acme', person, { name: 'k-a' })
      const storing = store1(store, other)
      other.secrets?.[0]?.key.fill(0)
      for (const one of [receipt, await storing])
        expectEqual(openSecrets(await found(store, one)), { 'k-a': [['name', person.name]] }, 'secrets')
    },
  },
  {
    name: 'digests that nothing accounts for are refused, and secrets that no digest asks for',
    async run({ store }) {
      const whole = sealedEvent('acme', person, { name: 'k-a', mail: 'k-b' })
      const [first, second] = whole.secrets ?? []
      if (!first || !second) throw new Error('no secrets')
      const { secrets: _, ...bare } = whole
      const plain = sampleEvent('acme')
      const reserved: LogEvent[] = [
        bare,
        { ...whole, secrets: [first] },
        { ...whole, secrets: [first, { ...second, kid: 'k-c' }] },
        { ...whole, secrets: [first, second, { ...second, kid: 'k-c' }] },
        { ...plain, secrets: [first] },
        sampleEvent('acme', { payload: { deep: [{ _sd: 1 }] } }),
        sampleEvent('acme', { payload: { _sd: ['x'], kid: 'k-a' } }),
        sampleEvent('acme', { metadata: { _sd: null } }),
      ]
      for (const event of reserved) await expectError(store1(store, event), 'sealed_member_reserved')
      const invalid: LogEvent[] = [
        { ...whole, secrets: [first, { ...second, key: new Uint8Array(31) }] },
        { ...whole, secrets: [first, { ...second, kid: 'k:b' }] },
        { ...whole, secrets: [first, first] },
        { ...whole, secrets: [first, { ...second, disclosures: [] }] },
      ]
      for (const event of invalid) await expectError(store1(store, event), 'append_invalid')
      const many = Object.fromEntries(Array.from({ length: 257 }, (__, at) => [`f${at}`, at]))
      const kids = Object.fromEntries(Object.keys(many).map(name => [name, 'k-a']))
      await expectError(store1(store, sealedEvent('acme', many, kids)), 'append_invalid')
      const large = sealedEvent('acme', { text: 'x'.repeat(270_000) }, { text: 'k-a' })
      await expectError(store1(store, large), 'event_too_large')
      expectEqual(await store.head(acme), 0, 'head')
      const named = sampleEvent('acme', { payload: { 'x"_sd': ['_sd'], text: '"_sd":' } })
      expectEqual((await found(store, await store1(store, named))).hidden, 0, 'what only looks like a digest')
    },
  },
  {
    name: 'a repeat is known by what its hidden fields say, and without them once they were deleted',
    async run({ store }) {
      const event = (name: string, kid: string) =>
        sealedEvent('acme', { ...person, name }, { name: kid }, { eventId: 'evt-1' })
      const first = await store1(store, event('Ada', 'k-a'))
      expectEqual((await store1(store, event('Ada', 'k-a'))).duplicate, true, 'the same again')
      await expectError(store1(store, event('Eve', 'k-a')), 'event_id_conflict')
      const keyed = (name: string) =>
        store.append(
          'acme',
          [{ stream: 'k', expected: 'any', events: [sealedEvent('acme', { name }, { name: 'k-a' })] }],
          { idempotencyKey: 'once' },
        )
      await keyed('Ada')
      expectEqual((await keyed('Ada'))[0]?.duplicate, true, 'the same under a key, with another id')
      await expectError(keyed('Eve'), 'idempotency_key_conflict')
      await store.commit(remove([first.position], ['k-a']))
      expectEqual((await store1(store, event('Ada', 'k-new'))).duplicate, true, 'again, under a new key')
      const other = sealedEvent('acme', { ...person, plan: 'solo' }, { name: 'k-new' }, { eventId: 'evt-1' })
      await expectError(store1(store, other), 'event_id_conflict')
      expectEqual(await store.head(acme), 2, 'head')
    },
  },
  {
    name: 'events are found by the keys that sealed something in them',
    needs: oneShard,
    async run({ store }) {
      await store1(store, sealedEvent('acme', person, { name: 'k-a' }))
      await store1(store, sealedEvent('acme', person, { name: 'k-b', mail: 'k-a' }, { eventType: 'Other' }))
      await store1(store, sampleEvent('acme'))
      await store1(store, sealedEvent('acme', person, { name: 'k-c' }, { metadata: { tags: ['t'] } }))
      await store1(store, sealedEvent('globex', person, { name: 'k-a' }))
      const by = async (...subjectKeys: string[]) =>
        positionsOf(await all(() => store.readAll(acme, { filter: { subjectKeys } })))
      expectEqual(await by('k-a'), [1, 2], 'one key')
      expectEqual(await by('k-b', 'k-c', 'k-none'), [2, 4], 'several')
      expectEqual([await by('k-none'), await by()], [[], []], 'none')
      const both = { subjectKeys: ['k-a'], types: ['Other'] }
      expectEqual(positionsOf(await all(() => store.readAll(acme, { filter: both }))), [2], 'with a type')
      const tagged = { subjectKeys: ['k-a', 'k-c'], query: [{ tags: ['t'] }] }
      expectEqual(positionsOf(await all(() => store.readAll(acme, { filter: tagged }))), [4], 'with a tag')
      const filter = { subjectKeys: ['k-a'] }
      const backwards = { filter, direction: 'backwards', limit: 1 } as const
      expectEqual(positionsOf(await all(() => store.readAll(acme, backwards))), [2], 'the last one')
      expectEqual(positionsOf(await all(() => store.readAll(everyTenant, { filter }))), [1, 2, 5], 'of all')
      expectEqual(
        positionsOf(await all(() => store.readStream('acme', 's', { filter }))),
        [1, 2],
        'of a stream',
      )
      for (const subjectKeys of [['k a'], [''], Array.from({ length: 401 }, (_, at) => `k-${at}`)])
        await expectError(
          all(() => store.readAll(acme, { filter: { subjectKeys } })),
          'read_invalid',
        )
      const many = { subjectKeys: Array.from({ length: 400 }, (_, at) => `k-${at === 0 ? 'a' : at}`) }
      expectEqual(positionsOf(await all(() => store.readAll(acme, { filter: many }))), [1, 2], 'by many')
    },
  },
  {
    name: 'a unit deletes what these keys sealed in these events, and nothing else',
    needs: oneShard,
    async run({ store }) {
      const event = (tenantId: string) => sealedEvent(tenantId, person, { name: 'k-a', mail: 'k-b' })
      const [one, two] = [await store1(store, event('acme')), await store1(store, event('acme'))]
      const other = await store1(store, event('globex'))
      const kids = async (receipt: Receipt, tenantId = 'acme') =>
        Object.keys(openSecrets(await found(store, receipt, tenantId)))
      await store.commit(remove([one.position, other.position], ['k-a', 'k-none']))
      expectEqual(await kids(one), ['k-b'], 'keys of the event')
      expectEqual(await kids(two), ['k-a', 'k-b'], 'keys of the other event')
      expectEqual(await kids(other, 'globex'), ['k-a', 'k-b'], "keys of another tenant's event")
      await store.commit(remove([one.position], ['k-b', 'k-a']))
      expectEqual((await found(store, one)).secrets, '', 'what is left')
      await store.commit(remove([one.position, 99], ['k-b']))
      const filter = { subjectKeys: ['k-a'] }
      expectEqual(positionsOf(await all(() => store.readAll(acme, { filter }))), [1, 2], 'found as before')
      expectEqual((await found(store, one)).hidden, 2, 'digests that stay')
      const foreign = { ...remove([3], ['k-a'], 'globex'), scope: acme }
      await expectError(store.commit(foreign), 'tenant_mismatch')
      await expectError(store.commit(remove([0], ['k-a'])), 'append_invalid')
      await expectError(store.commit(remove([1], ['k a'])), 'append_invalid')
      expectEqual((await verifyLog(store)).faults, [], 'faults')
    },
  },
  {
    name: 'what is sealed stays beside an archived body, and goes with a removed one',
    async run({ store }) {
      const receipts: Receipt[] = []
      for (let at = 0; at < 3; at += 1)
        receipts.push(await store1(store, sealedEvent('acme', person, { name: 'k-a', mail: 'k-b' })))
      const [archived, removed, both] = receipts.map(({ position }) => position) as [number, number, number]
      const becomes = (positions: number[], state: 'archived' | 'removed') => ({
        scope: acme,
        bodies: [{ tenantId: 'acme', positions, becomes: state }],
      })
      await store.commit(becomes([archived, both], 'archived'))
      await store.commit(becomes([removed, both], 'removed'))
      await store.commit(remove([archived], ['k-a']))
      const events = await store.readPositions('acme', [archived, removed, both])
      const states = events.map(event => [event.bodyState, Object.keys(openSecrets(event)), event.hidden])
      expectEqual(
        states,
        [
          ['archived', ['k-b'], 0],
          ['removed', [], 0],
          ['removed', [], 0],
        ],
        'states',
      )
      const filter = { subjectKeys: ['k-a'] }
      const every = await all(() => store.readAll(acme, { filter, removed: 'include' }))
      expectEqual(every.length, 3, 'events that are found')
    },
  },
  {
    name: 'of a deleted tenant nothing that was sealed is left, nor what it was found by',
    needs: oneShard,
    async run({ store }) {
      await store1(store, sealedEvent('acme', person, { name: 'k-a' }))
      await store.deleteTenant('acme')
      const left = await all(() => store.readAll(everyTenant, { removed: 'include' }))
      expectEqual(
        left.map(({ secrets, body }) => [secrets, body]),
        [['', '']],
        'what is left',
      )
      const filter = { subjectKeys: ['k-a'] }
      const byKey = await all(() => store.readAll(everyTenant, { filter, removed: 'include' }))
      expectEqual(byKey, [], 'found by its key')
    },
  },
  {
    name: 'purging leaves all that is there, beside reads and appends',
    async run({ store }) {
      const receipt = await store1(store, sealedEvent('acme', person, { name: 'k-a', mail: 'k-b' }))
      await store.commit(remove([receipt.position], ['k-a']))
      const work = Array.from({ length: 5 }, () => store1(store, sampleEvent('acme'), 't'))
      await Promise.all([...work, store.purge(), all(() => store.readAll(acme))])
      await store.purge()
      expectEqual(Object.keys(openSecrets(await found(store, receipt))), ['k-b'], 'what is sealed')
      expectEqual((await all(() => store.readAll(acme))).length, 6, 'events')
      expectEqual((await verifyLog(store)).faults, [], 'faults')
    },
  },
]
