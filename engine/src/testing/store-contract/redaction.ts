import type { JsonObject } from '../../core/index.ts'
import { canonicalJson } from '../../core/index.ts'
import { commitBody } from '../../proof/index.ts'
import type { EventStore, LogEvent, RecordedEvent } from '../../store/index.ts'
import { verifyLog } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual, expectError } from '../contract-case.ts'
import { sampleEvent } from '../sample-event.ts'
import { append, appendOne, oneShard, positionsOf } from '../store-steps.ts'

const acme = { tenantId: 'acme' } as const
const blind = Buffer.alloc(32, 7).toString('base64url')

/** A redaction of an event: its envelope with these members instead. */
function redaction(event: RecordedEvent, members: JsonObject) {
  const { metadata: _, ...envelope } = event.envelope
  const body = canonicalJson({ ...envelope, ...members } as JsonObject)
  return { tenantId: event.tenantId, position: event.position, body, blind }
}

async function event(store: EventStore, tenantId = 'acme', eventId = 'evt-1'): Promise<RecordedEvent> {
  const found = await store.readEvent(tenantId, eventId)
  if (!found) throw new Error('the event is not found')
  return found
}

/** Bodies that are replaced by redacted ones. */
export const redactionCases: readonly ContractCase[] = [
  {
    name: 'a redacted body stands in the place of the first one; the leaf stays',
    async run({ store }) {
      const metadata = { tags: ['name:ada', 'kept'] }
      await appendOne(store, 'acme', 's', { eventId: 'evt-1', payload: { name: 'Ada', plan: 1 }, metadata })
      const before = await event(store)
      const change = redaction(before, { payload: { plan: 1 }, metadata: { tags: ['kept'] } })
      await store.commit({ scope: acme, redactions: [change] })
      const after = await event(store)
      expectEqual([after.body, after.blind, after.leaf], [change.body, blind, before.leaf], 'what is stored')
      expectEqual(after.envelope.payload, { plan: 1 }, 'payload')
      const tagged = async (tag: string) =>
        (await Array.fromAsync(store.readAll(acme, { filter: { query: [{ tags: [tag] }] } }))).length
      expectEqual([await tagged('name:ada'), await tagged('kept')], [0, 1], 'events by tags')
      const { faults } = await verifyLog(store)
      expectEqual(
        faults.map(({ problem }) => problem),
        ['the leaf does not commit to the body'],
        'faults where no redaction is known',
      )
      const commitment = commitBody(change.body, Buffer.from(blind, 'base64url'))
      const isRedacted = (one: RecordedEvent, found: string) =>
        one.position === before.position && found === commitment
      expectEqual((await verifyLog(store, undefined, { isRedacted })).faults, [], 'faults')
    },
  },
  {
    name: 'a redacted body is sound where a later leaf records what was put in its place',
    async run({ store }) {
      await appendOne(store, 'acme', 's', { eventId: 'evt-1' })
      const before = await event(store)
      const change = redaction(before, { payload: {} })
      const payload = {
        n: before.sequence,
        leaf: before.leafHash,
        body: commitBody(change.body, Buffer.from(blind, 'base64url')),
      }
      const record = (members: JsonObject): LogEvent => ({
        ...sampleEvent('acme', { payload: { ...payload, ...members } }),
        kind: 'redaction',
      })
      const write = (one: LogEvent) => ({
        tenantId: 'acme',
        writes: [{ stream: '$log', expected: 'any' as const, events: [one] }],
      })
      const appends = [write(record({ n: 1 })), write(record({ leaf: 'x' })), write(record({ body: 'x' }))]
      await store.commit({ scope: acme, appends, redactions: [change] })
      expectEqual((await verifyLog(store)).faults.length, 1, 'faults with records of something else')
      await store.commit({ scope: acme, appends: [write(record({}))] })
      expectEqual((await verifyLog(store)).faults, [], 'faults')
    },
  },
  {
    name: 'a redacted event is still known as a repeat, by its id',
    async run({ store }) {
      const sent = sampleEvent('acme', { eventId: 'evt-1', payload: { name: 'Ada' } })
      const write = { stream: 's', expected: 'any', events: [sent] } as const
      await store.append('acme', [write])
      const change = redaction(await event(store), { payload: {} })
      await store.commit({ scope: acme, redactions: [change] })
      expectEqual((await store.append('acme', [write]))[0]?.duplicate, true, 'duplicate')
    },
  },
  {
    name: 'an archived body comes back redacted where what it replaces is given; the event is found by what is left',
    async run({ store }) {
      const metadata = { tags: ['name:ada', 'kept'] }
      await appendOne(store, 'acme', 's', { eventId: 'evt-1', payload: { name: 'Ada' }, metadata })
      const before = await event(store)
      const change = redaction(before, { payload: {}, metadata: { tags: ['kept'] } })
      const archived = { tenantId: 'acme', positions: [before.position], becomes: 'archived' } as const
      await store.commit({ scope: acme, bodies: [archived] })
      const commit = (more: { readonly before?: string }) =>
        store.commit({ scope: acme, redactions: [{ ...change, ...more }] })
      await expectError(commit({}), 'append_invalid')
      await expectError(commit({ before: change.body.replaceAll('evt-1', 'evt-2') }), 'append_invalid')
      await commit({ before: before.body })
      const after = await event(store)
      expectEqual(
        [after.bodyState, after.body, after.leaf],
        ['present', change.body, before.leaf],
        'what is stored',
      )
      const tagged = async (tag: string) =>
        (await Array.fromAsync(store.readAll(acme, { filter: { query: [{ tags: [tag] }] } }))).length
      expectEqual([await tagged('name:ada'), await tagged('kept')], [0, 1], 'events by tags')
      const removed = { ...archived, becomes: 'removed' } as const
      await store.commit({ scope: acme, bodies: [removed] })
      await expectError(commit({ before: before.body }), 'append_invalid')
    },
  },
  {
    name: 'only what is there is redacted, as the same event, and within its tenant',
    needs: oneShard,
    async run({ store }) {
      await appendOne(store, 'acme', 's', { eventId: 'evt-1' })
      await appendOne(store, 'globex', 's', { eventId: 'evt-1' })
      await append(store, 'acme', 's', 2)
      const own = redaction(await event(store), { payload: {} })
      const foreign = redaction(await event(store, 'globex'), { payload: {} })
      const commit = (change: typeof own) => store.commit({ scope: acme, redactions: [change] })
      await expectError(commit(foreign), 'tenant_mismatch')
      await expectError(commit({ ...foreign, tenantId: 'acme' }), 'tenant_mismatch')
      for (const change of [
        { ...own, position: 2 },
        { ...own, position: 3 },
        { ...own, position: 99 },
        { ...own, position: 0 },
        { ...own, blind: blind.slice(2) },
        { ...own, body: `${own.body} ` },
        { ...own, body: canonicalJson({ tenantId: 'acme' }) },
      ])
        await expectError(commit(change), 'append_invalid')
      await expectError(commit({ ...own, body: 'no json' }), 'json_malformed')
      const large = canonicalJson({ ...JSON.parse(own.body), payload: 'x'.repeat(300_000) })
      await expectError(commit({ ...own, body: large }), 'event_too_large')
      const bodies = [{ tenantId: 'acme', positions: [1], becomes: 'archived' }] as const
      await store.commit({ scope: acme, bodies })
      await expectError(commit(own), 'append_invalid')
      expectEqual((await verifyLog(store)).faults, [], 'faults')
      expectEqual(positionsOf(await Array.fromAsync(store.readAll(acme))), [1, 3, 4], 'log')
    },
  },
]
