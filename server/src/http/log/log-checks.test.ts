import { createIdSource } from 'keelson'
import { createMemoryStore } from 'keelson/memory'
import { describe, expect, it } from 'vitest'
import type { CheckFinding, CheckOptions } from './log-checks.ts'
import { LogChecks } from './log-checks.ts'

/** Checks that end when the test says so. */
function openChecks(store = createMemoryStore()) {
  let now = 1_800_000_000_000
  const begun: (CheckOptions & {
    readonly tenantId: string
    readonly end: (found: CheckFinding) => void
    readonly fail: (error: Error) => void
  })[] = []
  const clock = { now: () => now }
  const checks = new LogChecks({
    store,
    clock,
    ids: createIdSource(clock),
    check: (tenantId, options) =>
      new Promise((end, fail) => {
        begun.push({ ...options, tenantId, end, fail })
        options.signal.addEventListener('abort', () => fail(options.signal.reason as Error))
      }),
  })
  const move = (milliseconds: number) => {
    now += milliseconds
  }
  return { store, checks, begun, move }
}

const settled = async (checks: LogChecks, id: string) => {
  for (;;) {
    const found = await checks.find('acme', id)
    if (found?.state !== 'running') return found
    await new Promise(resolve => setImmediate(resolve))
  }
}

describe('checks that were asked for', () => {
  it('are one at a time for each tenant, and are remembered', async () => {
    const { store, checks, begun } = openChecks()
    const { check, isNew } = await checks.start('acme')
    expect([isNew, check]).toMatchObject([true, { state: 'running', done: 0, total: null, isSound: null }])
    expect(await checks.start('acme')).toEqual({ check, isNew: false })
    const other = await checks.start('globex')
    expect([other.isNew, begun.map(({ tenantId }) => tenantId)]).toEqual([true, ['acme', 'globex']])
    begun[0]?.onProgress(50, 100)
    expect(await checks.find('acme', check.id)).toMatchObject({ state: 'running', done: 50, total: 100 })
    expect(await checks.find('globex', check.id)).toBe(undefined)
    begun[0]?.end({ size: 100, isSound: false, index: 7, reason: 'The leaf was changed' })
    const ended = await settled(checks, check.id)
    expect(ended).toMatchObject({ state: 'done', isSound: false, size: 100, index: 7, done: 50 })
    // Another process gives the same.
    expect(await openChecks(store).checks.find('acme', check.id)).toEqual(ended)
    expect((await checks.start('acme')).isNew).toBe(true)
    await checks.close()
  })

  it('say why they could not be done, and nothing of what is inside', async () => {
    const { checks, begun } = openChecks()
    const { check } = await checks.start('acme')
    begun[0]?.fail(new Error('connect ECONNREFUSED 10.0.0.7'))
    expect(await settled(checks, check.id)).toMatchObject({ state: 'failed', reason: 'internal_error' })
  })

  it('are interrupted when the server stops, and when it was killed', async () => {
    const { store, checks, begun, move } = openChecks()
    const { check } = await checks.start('acme')
    const second = openChecks(store)
    const killed = (await second.checks.start('acme')).check
    await checks.close()
    await checks.close()
    expect(begun[0]?.signal.aborted).toBe(true)
    expect(await checks.find('acme', check.id)).toMatchObject({ state: 'interrupted' })
    expect(await checks.find('acme', killed.id)).toMatchObject({ state: 'running' })
    move(30_001)
    expect(await checks.find('acme', killed.id)).toMatchObject({ state: 'interrupted', endedAt: null })
    await second.checks.close()
  })

  it('are not there under a name that is none', async () => {
    const { checks } = openChecks()
    for (const id of ['', 'main', '../x', 'x'.repeat(5_000)])
      expect(await checks.find('acme', id)).toBe(undefined)
  })
})
