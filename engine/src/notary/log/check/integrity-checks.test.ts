import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { appendEvents } from '../fixtures/append-events.ts'
import { logName, manualClock, TestLogKeys } from '../fixtures/log-keys.ts'
import { LogNotary } from '../log-notary.ts'
import type { NotaryAlarm } from '../port.ts'
import { logCollections, onlyId } from '../tree/log-state.ts'
import type { CheckLogOptions, LogCheckReport } from './check-log.ts'
import { checkLog } from './check-log.ts'
import { IntegrityChecks } from './integrity-checks.ts'

const day = 86_400_000

async function setUp() {
  const clock = manualClock()
  const store = createMemoryStore()
  const keys = Object.assign(new TestLogKeys(), { keysOf: async () => new Map<string, Uint8Array>() })
  const notary = new LogNotary(store, keys, { logName, clock })
  for (const tenantId of ['acme', 'beta']) await appendEvents(store, tenantId, 300)
  await notary.round(true)
  const told: { tenantId: string; eventType: string; payload: JsonObject }[] = []
  const checked: { tenantId: string; how: CheckLogOptions }[] = []
  const state = { change: (report: LogCheckReport, _times: number): LogCheckReport => report }
  const open = (more: object = {}) =>
    new IntegrityChecks({
      store,
      clock,
      check: async (tenantId, how) => {
        checked.push({ tenantId, how })
        const report = await checkLog(store, notary, keys, tenantId, { signal: how.signal as AbortSignal })
        return state.change(report, checked.filter(one => one.tenantId === tenantId).length)
      },
      record: async (tenantId, eventType, payload) => void told.push({ tenantId, eventType, payload }),
      ...more,
    })
  return { clock, store, notary, told, checked, state, open }
}

const broken = (report: LogCheckReport): LogCheckReport => ({
  ...report,
  isSound: false,
  index: 7,
  reason: 'Its content is not what the log commits to',
  faults: [{ kind: 'content-altered', reason: 'x', index: 7, eventId: 'e7', version: 8 }],
  faultCount: 1,
})

describe('checks of every log', () => {
  it('begin a day after the first checkpoint, and come once a day', async () => {
    const { clock, notary, told, checked, open } = await setUp()
    const checks = open()
    expect(await checks.round()).toBe(0)
    clock.time += day
    expect(await checks.round()).toBe(2)
    expect(await checks.round()).toBe(0)
    expect(checked[0]?.how).toMatchObject({ rate: 2_000 })
    expect(told.map(({ tenantId, eventType }) => `${tenantId} ${eventType}`)).toEqual([
      'acme HashChainValidated',
      'acme SignatureVerified',
      'beta HashChainValidated',
      'beta SignatureVerified',
    ])
    expect(told[0]?.payload).toMatchObject({ streamId: 'acme/main', eventCount: 300, treeSize: 300 })
    expect((await notary.status('acme')).lastCheck).toEqual({
      at: '2026-11-22T12:00:00.000Z',
      size: 300,
      isSound: true,
    })
    clock.time += day
    expect(await open().round()).toBe(2)
  })

  it('remember what one has found that somebody asked for, and are due no later', async () => {
    const { clock, notary, open } = await setUp()
    clock.time += day / 2
    const report = { size: 300, isSound: true } as unknown as LogCheckReport
    await open().remember('acme', report)
    expect((await notary.status('acme')).lastCheck).toEqual({
      at: expect.stringMatching(/Z$/),
      size: 300,
      isSound: true,
    })
    await open().remember('unknown', report)
    clock.time += day / 2
    expect(await open().round()).toBe(2)
  })

  it('tell a fault that a second look finds too, and no other', async () => {
    const { clock, notary, told, state, open } = await setUp()
    clock.time += day
    state.change = (report, times) => (times === 1 ? broken(report) : report)
    await open().round()
    expect(told.filter(({ eventType }) => eventType.endsWith('Failed'))).toEqual([])
    state.change = broken
    clock.time += day
    await open().round()
    const failed = told.filter(({ eventType }) => eventType === 'HashChainValidationFailed')
    expect(failed).toHaveLength(2)
    expect(failed[0]?.payload).toMatchObject({
      failures: [{ kind: 'content-altered', leafIndex: 7, eventId: 'e7', version: 8 }],
      failureCount: 1,
    })
    expect((await notary.status('acme')).lastCheck).toMatchObject({
      isSound: false,
      reason: 'Its content is not what the log commits to',
    })
  })

  it.each([
    ['store_damaged', new KeelsonError('store_damaged')],
    ['internal_error', new TypeError('of a row that nobody foresaw')],
  ])('that end with an error twice are failed checks, with its code: %s', async (code, error) => {
    const { clock, notary, told, open } = await setUp()
    clock.time += day
    let checks = 0
    const check = async (_: string, how: CheckLogOptions): Promise<LogCheckReport> => {
      checks += 1
      how.onProgress?.(200, 300, 317)
      throw error
    }
    expect(await open({ check }).round()).toBe(2)
    expect(checks).toBe(4)
    expect(told.map(({ tenantId, eventType }) => `${tenantId} ${eventType}`)).toEqual([
      'acme HashChainValidationFailed',
      'beta HashChainValidationFailed',
    ])
    expect(told[0]?.payload).toMatchObject({
      checkId: expect.stringMatching(/^[0-9A-Z]{26}$/),
      code,
      endedAtIndex: 200,
      endedAtPosition: 317,
      treeSize: 300,
      failures: [{ kind: 'content-altered', reason: expect.stringContaining(code) }],
      failureCount: 1,
    })
    expect((await notary.status('acme')).lastCheck).toMatchObject({
      isSound: false,
      reason: expect.stringContaining(`[${code}]`),
    })
  })

  it('are done by one process, and gone on with where one was cut off', async () => {
    const { clock, store, checked, open } = await setUp()
    clock.time += day
    await Promise.all([open().round(), open().round()])
    expect(checked.map(({ tenantId }) => tenantId).sort()).toEqual(['acme', 'beta'])
    clock.time += day
    const absences = { removed: [], keys: [], changed: [], ranges: [], explained: 0 }
    const place = { size: 300, position: 0, previous: '', time: '', tree: { size: 0, rows: [] } }
    const progress = { ...place, absences, unseen: 0, milliseconds: 7 }
    const alarms: NotaryAlarm[] = []
    const dying = open({
      onAlarm: (alarm: NotaryAlarm) => alarms.push(alarm),
      check: async (_: string, how: CheckLogOptions) => {
        await how.keep?.(progress)
        throw new KeelsonError('store_unreachable', 'The store is away')
      },
    })
    expect(await dying.round()).toBe(0)
    expect(alarms).toMatchObject([
      { kind: 'check-failed', tenantId: 'acme', message: expect.stringContaining('The store is away') },
      { kind: 'check-failed', tenantId: 'beta' },
    ])
    expect(await open().round()).toBe(0)
    clock.time += 15 * 60_000
    expect(await open().round()).toBe(2)
    expect(checked.slice(2).map(({ how }) => how.resume)).toEqual([progress, progress])
    const { value } = (await store.document('acme', logCollections.check, onlyId)) ?? {}
    expect(value).not.toHaveProperty('progress')
  })

  it('run by themselves, and end when they are closed', async () => {
    const { clock, told, open } = await setUp()
    clock.time += day
    const checks = open({ poll: 1 })
    checks.start()
    await expect.poll(() => told.length).toBe(4)
    await Promise.all([checks.close(), checks.close()])
  })
})
