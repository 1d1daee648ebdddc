import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newEvent } from '../../../store/fixtures/new-event.ts'
import { portOf } from '../../../store/fixtures/port-of.ts'
import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { createTestRoot } from '../../keys/fixtures/test-root.ts'
import type { KeyRing } from '../../keys/index.ts'
import { openKeyRing } from '../../keys/index.ts'
import { openSealed } from '../../seal/index.ts'
import { logName } from '../fixtures/log-keys.ts'
import { LogNotary } from '../log-notary.ts'
import type { CheckLogOptions, LogCheckReport } from './check-log.ts'
import { checkLog } from './check-log.ts'
import { Absences } from './entry/absences.ts'
import type { CheckProgress } from './entry/check-progress.ts'
import { LogFaults } from './entry/log-fault.ts'

const tenantId = 'acme'
/** Entries that are looked at before a check is cut off, and altogether. */
const [before, entries] = [200, 230]

describe('a check that was cut off, and is gone on with', () => {
  const store = createMemoryStore()
  let ring: KeyRing
  let notary: LogNotary
  const positions: number[] = []

  const append = async (envelope: object, kind: RecordedEvent['kind'] = 'event') => {
    const event = { ...newEvent(tenantId, { ...envelope }), kind }
    const stream = kind === 'event' ? 'Test-1' : '$log'
    const writes = [{ stream, expected: 'any' as const, events: [event] }]
    const [receipt] = await openSealed(store, ring).append(tenantId, writes)
    positions.push(receipt?.position ?? 0)
  }

  beforeAll(async () => {
    ring = await openKeyRing(store, createTestRoot().open(), { logName })
    notary = new LogNotary(store, ring, { logName })
    for (let at = 0; at < entries; at += 1) await append({ metadata: { user: `usr-${at % 3}` } })
    await notary.checkpointNow(tenantId)
  })
  afterAll(() => ring.close())

  /** The store with an entry that was changed behind its back. */
  const changedAt = (index: number, change: (event: RecordedEvent) => object): EventStore => ({
    ...portOf(store),
    async *readAll(...given) {
      for await (const event of store.readAll(...given)) {
        const names = Object.keys(Object.getOwnPropertyDescriptors(event)) as (keyof RecordedEvent)[]
        const fields = Object.fromEntries(names.map(name => [name, event[name]]))
        if (event.sequence === index) yield { ...fields, ...change(event) } as unknown as RecordedEvent
        else yield event
      }
    },
  })

  /** What a check tells that was not cut off, and one that was, by a process that went on with it. */
  async function checkTwice(changed: EventStore = store): Promise<readonly LogCheckReport[]> {
    const check = (options: CheckLogOptions) => checkLog(changed, notary, ring, tenantId, options)
    const whole = await check({})
    let kept = ''
    const keep = async (progress: CheckProgress | undefined): Promise<void> => {
      kept = JSON.stringify(progress)
      throw new Error('cut off')
    }
    await expect(check({ keep, keepEvery: before })).rejects.toThrow('cut off')
    const resume = JSON.parse(kept) as CheckProgress
    expect(resume).toMatchObject({ size: whole.size, tree: { size: before } })
    const seen: number[] = []
    const resumed = await check({ resume, onProgress: done => seen.push(done) })
    expect(seen).toEqual([whole.size])
    return [whole, resumed].map(report => ({ ...report, milliseconds: 0 }))
  }

  it('tells what one tells that was not', async () => {
    const [whole, resumed] = await checkTwice()
    expect(whole).toMatchObject({ isSound: true, entries })
    expect(resumed).toEqual(whole)
  })

  it.each([
    ['a changed body', 'content-altered', ({ body }: RecordedEvent) => ({ body: body.replace('T', 'S') })],
    ['sealed fields that are gone', 'absence-unexplained', () => ({ secrets: '' })],
    [
      'content that is gone',
      'absence-unexplained',
      () => ({ bodyState: 'removed', body: '', blind: '', secrets: '' }),
    ],
  ] as const)('finds %s from before', async (_, kind, change) => {
    const [whole, resumed] = await checkTwice(changedAt(7, change))
    expect(whole).toMatchObject({ isSound: false, index: 7, faults: [{ kind }] })
    expect(resumed).toEqual(whole)
  })

  it('takes later records for what is gone from before, and nothing else', async () => {
    const kids = await ring.kidsOf(tenantId, 'usr-1')
    await ring.destroy(tenantId, kids)
    const gone = positions.slice(3, 6)
    await store.commit({
      scope: { tenantId },
      bodies: [{ tenantId, positions: gone, becomes: 'removed' }],
    })
    const record = async (kind: 'erasure' | 'retention', payload: object) => {
      await append({ eventType: 'LogRecorded', payload }, kind)
      await notary.checkpointNow(tenantId)
      const [whole, resumed] = await checkTwice()
      expect(resumed).toEqual(whole)
      return whole
    }
    const retention = (range: number[]) =>
      record('retention', { action: 'retention', policy: 'p@1', range, minimumDays: 1 })
    const erased = await record('erasure', { action: 'erasure', keys: kids })
    expect(erased).toMatchObject({ isSound: false, index: 3, explained: kids.length, faultCount: 1 })
    expect(await retention([3, 5])).toMatchObject({ isSound: false, index: 5, explained: 2 + kids.length })
    expect(await retention([5, 6])).toMatchObject({ isSound: true, explained: 3 + kids.length })
  })

  it('begins anew where it was kept by a version that kept less', async () => {
    const old = { size: entries, position: positions[199], previous: 'A'.repeat(43), time: '' }
    const resume = { ...old, tree: { size: 0, rows: [] } } as unknown as CheckProgress
    const report = await checkLog(store, notary, ring, tenantId, { resume })
    expect(report).toMatchObject({ isSound: true, entries: positions.length })
  })

  it('keeps no place behind a fault, nor where more is absent than can be kept', async () => {
    const kept: unknown[] = []
    const keep = async (progress: CheckProgress | undefined) => void kept.push(progress)
    const altered = changedAt(7, () => ({ leafHash: 'A'.repeat(43) }))
    await checkLog(altered, notary, ring, tenantId, { keep, keepEvery: before })
    expect(kept).toEqual([undefined])
    const absences = new Absences(new LogFaults())
    const gone = (sequence: number) =>
      absences.removed({ sequence, eventId: 'e', version: 1 } as RecordedEvent)
    for (let at = 0; at < 5_000; at += 1) gone(2 * at)
    expect(absences.open()?.removed).toHaveLength(5_000)
    gone(10_000)
    expect(absences.open()).toBeUndefined()
  })
})
