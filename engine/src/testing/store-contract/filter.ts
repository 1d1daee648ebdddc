import type { EventFilter, EventStore, ReadOptions } from '../../store/index.ts'
import type { ContractCase } from '../contract-case.ts'
import { expectEqual } from '../contract-case.ts'
import { all, append, appendOne, everyTenant, oneShard, positionsOf, takeFromTail } from '../store-steps.ts'

const tags = (...list: string[]) => ({ metadata: { tags: list } })

async function found(store: EventStore, filter: EventFilter, options: ReadOptions = {}): Promise<number[]> {
  return positionsOf(await all(() => store.readAll({ tenantId: 'acme' }, { filter, ...options })))
}

/** A log of eight events: odd positions are bookings, even ones payments; the first four share a tag. */
async function bookings(store: EventStore): Promise<void> {
  for (let at = 1; at <= 8; at += 1) {
    const eventType = at % 2 === 1 ? 'Booked' : 'Paid'
    const topic = at % 2 === 1 ? 'sales.booking' : 'sales.payment'
    const half = at <= 4 ? 'half:first' : 'half:second'
    await appendOne(store, 'acme', `s-${at % 3}`, { eventType, ...tags(half, `at:${at}`) }, topic)
  }
}

/** Reads by what events are, not where they stand. */
export const filterCases: readonly ContractCase[] = [
  {
    name: 'events are found by type, any of a list',
    async run({ store }) {
      await bookings(store)
      expectEqual(await found(store, { types: ['Booked'] }), [1, 3, 5, 7], 'one type')
      expectEqual(
        await found(store, { types: ['Paid', 'Booked', 'Never'] }),
        [1, 2, 3, 4, 5, 6, 7, 8],
        'both',
      )
      expectEqual(await found(store, { types: ['Never'] }), [], 'an unknown type')
    },
  },
  {
    name: 'events are found by the topic of their type',
    async run({ store }) {
      await bookings(store)
      expectEqual(await found(store, { topics: ['sales.payment'] }), [2, 4, 6, 8], 'one topic')
      expectEqual(await found(store, { topics: ['sales.payment'], types: ['Booked'] }), [], 'topic and type')
      expectEqual(await found(store, { topics: ['never'] }), [], 'an unknown topic')
    },
  },
  {
    name: 'the topic is the one that the catalogue had when the type was last appended',
    async run({ store }) {
      await appendOne(store, 'acme', 's', { eventType: 'Moved' }, 'old')
      await appendOne(store, 'acme', 's', { eventType: 'Moved' }, 'new')
      expectEqual(await found(store, { topics: ['new'] }), [1, 2], 'new topic')
      expectEqual(await found(store, { topics: ['old'] }), [], 'old topic')
    },
  },
  {
    name: 'a correlation is found whole, with the event that began it',
    async run({ store }) {
      const first = await appendOne(store, 'acme', 's')
      await append(store, 'acme', 's', 2)
      await appendOne(store, 'acme', 't', { correlationId: first.eventId, causationId: first.eventId })
      await appendOne(store, 'acme', 't', { correlationId: 'other' })
      await appendOne(store, 'acme', 'u', { correlationId: first.eventId })
      expectEqual(await found(store, { correlationId: first.eventId }), [1, 4, 6], 'a correlation')
      expectEqual(await found(store, { correlationId: 'other' }), [5], 'one whose first event is elsewhere')
      expectEqual(await found(store, { correlationId: 'never' }), [], 'an unknown one')
    },
  },
  {
    name: 'an event whose id is another one’s correlation is not of it by that',
    async run({ store }) {
      await appendOne(store, 'acme', 's', { eventId: 'evt-1', correlationId: 'root' })
      await appendOne(store, 'acme', 's', { eventId: 'evt-2', correlationId: 'evt-1' })
      expectEqual(await found(store, { correlationId: 'evt-1' }), [2], 'events')
    },
  },
  {
    name: 'events are found by what caused them',
    async run({ store }) {
      await appendOne(store, 'acme', 's', { eventId: 'evt-1' })
      await appendOne(store, 'acme', 's', { causationId: 'evt-1' })
      await appendOne(store, 'acme', 't', { causationId: 'evt-2' })
      expectEqual(await found(store, { causationId: 'evt-1' }), [2], 'events')
      expectEqual(await found(store, { causationId: 'evt-1', types: ['Other'] }), [], 'of another type')
    },
  },
  {
    name: 'a query is any of its items: any of the types and all of the tags',
    async run({ store }) {
      await bookings(store)
      expectEqual(await found(store, { query: [{ tags: ['half:first'] }] }), [1, 2, 3, 4], 'a tag')
      expectEqual(await found(store, { query: [{ tags: ['half:first', 'at:3'] }] }), [3], 'two tags')
      expectEqual(
        await found(store, { query: [{ tags: ['half:first', 'at:5'] }] }),
        [],
        'tags that never meet',
      )
      expectEqual(
        await found(store, { query: [{ types: ['Paid'], tags: ['half:second'] }] }),
        [6, 8],
        'type and tag',
      )
      const either = [{ types: ['Booked'], tags: ['half:first'] }, { tags: ['at:8'] }, { tags: ['at:1'] }]
      expectEqual(await found(store, { query: either }), [1, 3, 8], 'any item, each event once')
      expectEqual(await found(store, { query: either, types: ['Paid'] }), [8], 'an item and a type')
    },
  },
  {
    name: 'tags are found exactly, and only where they are a list of texts',
    async run({ store }) {
      await appendOne(store, 'acme', 's', tags('k:Ä', "o'clock", 'a_b', 'a%', 'doppelt', 'doppelt'))
      await appendOne(store, 'acme', 's', { metadata: { tags: 'doppelt' } })
      await appendOne(store, 'acme', 's', { metadata: { tags: ['doppelt', 1] } })
      for (const tag of ['k:Ä', "o'clock", 'a_b', 'a%', 'doppelt'])
        expectEqual(await found(store, { query: [{ tags: [tag] }] }), [1], tag)
      for (const tag of ['k:ä', 'axb', 'a%b', 'doppel', 'DOPPELT'])
        expectEqual(await found(store, { query: [{ tags: [tag] }] }), [], tag)
    },
  },
  {
    name: 'a filter goes with a direction, a cursor and a limit',
    async run({ store }) {
      await bookings(store)
      const query = [{ tags: ['half:first'] }, { types: ['Paid'] }]
      expectEqual(await found(store, { query }), [1, 2, 3, 4, 6, 8], 'forwards')
      expectEqual(await found(store, { query }, { direction: 'backwards' }), [8, 6, 4, 3, 2, 1], 'backwards')
      expectEqual(
        await found(store, { query }, { direction: 'backwards', after: 6, limit: 2 }),
        [4, 3],
        'part',
      )
      expectEqual(await found(store, { query }, { after: 3, limit: 2 }), [4, 6], 'part forwards')
      expectEqual(await found(store, { types: ['Booked'] }, { after: 8 }), [], 'at the end')
    },
  },
  {
    name: 'a filter is kept over many pages',
    async run({ store }) {
      for (let round = 0; round < 6; round += 1) {
        await append(store, 'acme', 's', 250)
        await appendOne(store, 'acme', 's', { eventType: 'Rare', ...tags('rare') })
      }
      const wanted = [251, 502, 753, 1004, 1255, 1506]
      expectEqual(await found(store, { types: ['Rare'] }), wanted, 'by type')
      expectEqual(await found(store, { query: [{ tags: ['rare'] }] }), wanted, 'by tag')
      expectEqual((await found(store, { types: ['SampleHappened', 'Rare'] })).length, 1506, 'all')
    },
  },
  {
    name: 'a stream is filtered as the log is',
    async run({ store }) {
      await bookings(store)
      const read = async (filter: EventFilter, options: ReadOptions = {}) =>
        positionsOf(await all(() => store.readStream('acme', 's-1', { filter, ...options })))
      expectEqual(await read({}), [1, 4, 7], 'the stream')
      expectEqual(await read({ types: ['Booked'] }), [1, 7], 'by type')
      expectEqual(await read({ query: [{ tags: ['half:first'] }] }), [1, 4], 'by tag')
      expectEqual(await read({ topics: ['sales.payment'] }, { direction: 'backwards' }), [4], 'by topic')
    },
  },
  {
    name: 'a filter stays within its tenant, and over every tenant finds them all',
    needs: oneShard,
    async run({ store }) {
      for (const tenantId of ['acme', 'globex', 'acme'])
        await appendOne(store, tenantId, 's', {
          eventType: 'Booked',
          correlationId: 'c',
          causationId: 'k',
          ...tags('t'),
        })
      for (const filter of [
        { types: ['Booked'] },
        { correlationId: 'c' },
        { causationId: 'k' },
        { query: [{ tags: ['t'] }] },
      ]) {
        expectEqual(await found(store, filter), [1, 3], JSON.stringify(filter))
        const every = await all(() => store.readAll(everyTenant, { filter }))
        expectEqual(positionsOf(every), [1, 2, 3], `every tenant, ${JSON.stringify(filter)}`)
      }
    },
  },
  {
    name: 'a tail passes over what its filter leaves out, and goes on',
    async run({ store }) {
      await bookings(store)
      const tail = takeFromTail(store, 'acme', 6, { filter: { types: ['Booked'] } })
      await append(store, 'acme', 's', 600)
      await bookings(store)
      expectEqual(positionsOf(await tail).slice(0, 6), [1, 3, 5, 7, 609, 611], 'positions')
    },
  },
]
