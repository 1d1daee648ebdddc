import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { CompleteEvent } from '../core/index.ts'
import { KeelsonError } from '../core/index.ts'
import { sampleEvent } from '../testing/index.ts'
import { verifyLog } from './check/verify.ts'
import { createMemoryStore } from './memory/index.ts'
import type { EventStore } from './port.ts'
import { temporaryFolder } from './sqlite/fixtures/temporary-store.ts'
import type { ExpectedVersion, Receipt, RecordedEvent } from './types.ts'

interface Entry {
  readonly event: CompleteEvent
  readonly tenantId: string
  readonly stream: string
  readonly receipt: Receipt
}

/** What every store is: a list of what was appended. */
interface Model {
  readonly entries: Entry[]
  /** Tenants of this run, so that runs can share a store. */
  readonly run: number
}

interface Real {
  readonly store: EventStore
  /** Positions that earlier runs have taken. */
  readonly base: number
}

type StoreCommand = fc.AsyncCommand<Model, Real>

const versionOf = (model: Model, tenantId: string, stream: string): number =>
  model.entries.filter(entry => entry.tenantId === tenantId && entry.stream === stream).length

const meets = (expected: ExpectedVersion, version: number): boolean =>
  expected === 'any' ||
  (expected === 'none' ? version === 0 : expected === 'exists' ? version > 0 : expected === version)

const sameEvent = (found: RecordedEvent, { event, receipt, tenantId }: Entry): void => {
  const { duplicate: _, ...stands } = receipt
  expect(found).toMatchObject({ ...stands, tenantId, eventType: event.envelope.eventType })
  expect(found.envelope).toEqual(event.envelope)
}

class Append implements StoreCommand {
  readonly tenant: number
  readonly writes: readonly { stream: string; expected: ExpectedVersion; count: number }[]

  constructor(tenant: number, writes: Append['writes']) {
    this.tenant = tenant
    this.writes = writes
  }

  check = (): boolean => this.writes.some(({ count }) => count > 0)

  async run(model: Model, { store, base }: Real): Promise<void> {
    const tenantId = `t-${model.run}-${this.tenant}`
    const writes = this.writes.map(({ stream, expected, count }) => ({
      stream,
      expected,
      events: Array.from({ length: count }, (_, index) =>
        sampleEvent(tenantId, { payload: { stream, index } }),
      ),
    }))
    const broken = writes.find(({ stream, expected }) => !meets(expected, versionOf(model, tenantId, stream)))
    if (broken) {
      const error = await store.append(tenantId, writes).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(KeelsonError)
      expect(error).toMatchObject({
        code: 'version_conflict',
        details: { stream: broken.stream, actual: versionOf(model, tenantId, broken.stream) },
      })
      return
    }
    const receipts = await store.append(tenantId, writes)
    const events = writes.flatMap(({ stream, events }) => events.map(event => ({ stream, event })))
    expect(receipts).toHaveLength(events.length)
    for (const [at, { stream, event }] of events.entries()) {
      const receipt = receipts[at] as Receipt
      const log = model.entries.filter(entry => entry.tenantId === tenantId)
      expect(receipt).toMatchObject({
        eventId: event.envelope.eventId,
        position: base + model.entries.length + 1,
        sequence: log.length,
        stream,
        version: versionOf(model, tenantId, stream) + 1,
        previousHash: log.at(-1)?.receipt.leafHash ?? 'A'.repeat(43),
        duplicate: false,
      })
      model.entries.push({ event, tenantId, stream, receipt })
    }
  }

  toString = (): string => `append(${this.tenant}, ${JSON.stringify(this.writes)})`
}

class Repeat implements StoreCommand {
  readonly pick: number
  readonly isChanged: boolean

  constructor(pick: number, isChanged: boolean) {
    this.pick = pick
    this.isChanged = isChanged
  }

  check = ({ entries }: Readonly<Model>): boolean => entries.length > 0

  async run({ entries }: Model, { store }: Real): Promise<void> {
    const { event, tenantId, stream, receipt } = entries[this.pick % entries.length] as Entry
    const sent = this.isChanged ? { ...event, envelope: { ...event.envelope, payload: 'other' } } : event
    // The version that is expected does not count for an event that is stored already.
    const work = store.append(tenantId, [{ stream, expected: 'none', events: [sent] }])
    if (this.isChanged) await expect(work).rejects.toMatchObject({ code: 'event_id_conflict' })
    else expect(await work).toEqual([{ ...receipt, duplicate: true }])
  }

  toString = (): string => `repeat(${this.pick}, ${this.isChanged ? 'changed' : 'as it was'})`
}

class ReadStream implements StoreCommand {
  readonly tenant: number
  readonly stream: string
  readonly options: { after?: number; limit?: number; direction?: 'forwards' | 'backwards' }

  constructor(tenant: number, stream: string, options: ReadStream['options']) {
    this.tenant = tenant
    this.stream = stream
    this.options = options
  }

  check = (): boolean => true

  async run({ entries, run }: Model, { store }: Real): Promise<void> {
    const tenantId = `t-${run}-${this.tenant}`
    const { after, limit, direction = 'forwards' } = this.options
    const own = entries.filter(entry => entry.tenantId === tenantId && entry.stream === this.stream)
    const wanted = own
      .filter(
        ({ receipt: { version } }) =>
          after === undefined || (direction === 'forwards' ? version > after : version < after),
      )
      .sort((a, b) => (direction === 'forwards' ? 1 : -1) * (a.receipt.version - b.receipt.version))
      .slice(0, limit)
    const found = await Array.fromAsync(store.readStream(tenantId, this.stream, this.options))
    expect(found.map(({ eventId }) => eventId)).toEqual(wanted.map(({ event }) => event.envelope.eventId))
    for (const [at, event] of found.entries()) sameEvent(event, wanted[at] as Entry)
  }

  toString = (): string => `readStream(${this.tenant}, ${this.stream}, ${JSON.stringify(this.options)})`
}

class ReadAll implements StoreCommand {
  readonly tenant: number | undefined

  constructor(tenant: number | undefined) {
    this.tenant = tenant
  }

  check = (): boolean => true

  async run({ entries, run }: Model, { store, base }: Real): Promise<void> {
    const tenantId = this.tenant === undefined ? 'every tenant' : `t-${run}-${this.tenant}`
    const wanted = entries.filter(entry => this.tenant === undefined || entry.tenantId === tenantId)
    const found = await Array.fromAsync(store.readAll({ tenantId }, { after: base }))
    expect(found).toHaveLength(wanted.length)
    for (const [at, event] of found.entries()) sameEvent(event, wanted[at] as Entry)
    expect(await store.head({ tenantId })).toBe(
      wanted.at(-1)?.receipt.position ?? (this.tenant === undefined ? base : 0),
    )
    for (const { tenantId: owner, event } of wanted.slice(-2))
      sameEvent(
        (await store.readEvent(owner, event.envelope.eventId)) as RecordedEvent,
        wanted.find(entry => entry.event === event) as Entry,
      )
  }

  toString = (): string => `readAll(${this.tenant ?? 'every tenant'})`
}

const tenant = fc.constantFrom(0, 1)
const stream = fc.constantFrom('a', 'b', 'c')
const commands = fc.commands(
  [
    fc
      .tuple(
        tenant,
        fc.uniqueArray(
          fc.record({
            stream,
            expected: fc.oneof(
              { weight: 3, arbitrary: fc.constant<ExpectedVersion>('any') },
              { weight: 3, arbitrary: fc.constantFrom<ExpectedVersion>('none', 'exists') },
              { weight: 2, arbitrary: fc.nat({ max: 4 }) },
            ),
            count: fc.nat({ max: 3 }),
          }),
          { minLength: 1, maxLength: 3, selector: write => write.stream },
        ),
      )
      .map(([which, writes]) => new Append(which, writes)),
    fc.tuple(fc.nat(), fc.boolean()).map(([pick, isChanged]) => new Repeat(pick, isChanged)),
    fc
      .tuple(
        tenant,
        stream,
        fc.record(
          {
            after: fc.nat({ max: 6 }),
            limit: fc.nat({ max: 4 }),
            direction: fc.constantFrom('forwards', 'backwards'),
          },
          { requiredKeys: [] },
        ),
      )
      .map(([which, name, options]) => new ReadStream(which, name, options)),
    fc.option(tenant, { nil: undefined }).map(which => new ReadAll(which)),
  ],
  { maxCommands: 50, size: 'max' },
)

/** Runs commands against the store that `open` gives, which may be the same each time. */
async function holdsTo(open: () => EventStore, numRuns: number): Promise<void> {
  let run = 0
  await fc.assert(
    fc.asyncProperty(commands, async list => {
      const store = open()
      const base = await store.head({ tenantId: 'every tenant' })
      run += 1
      await fc.asyncModelRun(() => ({ model: { entries: [], run }, real: { store, base } }), list)
      expect((await verifyLog(store)).faults).toEqual([])
    }),
    { numRuns },
  )
}

const folder = temporaryFolder()
afterAll(() => folder[Symbol.asyncDispose]())

test('the memory store does what a list of events does', async () => {
  await holdsTo(() => createMemoryStore(), 100)
})

test('the SQLite store does what a list of events does', async () => {
  const store = await folder.open({ durability: 'relaxed' })
  await holdsTo(() => store, 15)
  expect(await store.head({ tenantId: 'every tenant' })).toBeGreaterThan(50)
})
