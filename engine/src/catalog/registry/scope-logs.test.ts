import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeelsonError } from '../../core/index.ts'
import { evolve } from './evolve.ts'
import { createMemoryLog } from './fixtures/memory-log.ts'
import { createTestRegistry, requiring } from './fixtures/test-registry.ts'
import type { RecordedChange } from './port.ts'
import type { Registry } from './registry.ts'
import { defaultRegistryLimits } from './registry-limits.ts'
import type { RegistryState } from './registry-state.ts'
import { initialState } from './registry-state.ts'
import { ScopeLogs } from './scope-logs.ts'

const fold = (changes: readonly RecordedChange[]) => changes.reduce(evolve, initialState('acme'))

/** A state as plain data, in an order that does not depend on how it came about. */
const plain = ({ subjects, contents, idsByHash, ...rest }: RegistryState) => ({
  ...rest,
  subjects: [...subjects.values()].sort((x, y) => (x.name < y.name ? -1 : 1)),
  contents: [...contents.values()].sort((x, y) => x.id - y.id),
  idsByHash: [...idsByHash.values()]
    .flat()
    .map(({ id }) => id)
    .sort(),
})

type Step = readonly [process: number, act: (registry: Registry) => Promise<unknown>]

const name = fc.constantFrom('s', 't', 'u')
const act = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(name, fc.nat(5)).map(
      ([subject, at]) =>
        (registry: Registry) =>
          registry.register('acme', subject, { schema: requiring(`m${at}`), compatibility: 'none' }),
    ),
  },
  fc.tuple(name, fc.integer({ min: 1, max: 4 }), fc.boolean()).map(
    ([subject, at, isPermanent]) =>
      (registry: Registry) =>
        registry.deleteVersion('acme', subject, at, isPermanent),
  ),
  fc.tuple(name, fc.boolean()).map(
    ([subject, isPermanent]) =>
      (registry: Registry) =>
        registry.deleteSubject('acme', subject, isPermanent),
  ),
  name.map(subject => (registry: Registry) => registry.deprecate('acme', subject, { reason: 'old' })),
)
const steps = fc.array(fc.tuple(fc.nat(1), act), { maxLength: 25 }) as fc.Arbitrary<Step[]>

const refused = (error: unknown) => {
  if (!(error instanceof KeelsonError)) throw error
}

describe('two processes on one scope', () => {
  it('give out every id and version once, and come to the same state', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async given => {
        const { registry, other, log, pass } = createTestRegistry()
        const processes = [registry, other()]
        await Promise.all(given.map(([at, run]) => run(processes[at] as Registry).catch(refused)))
        const changes = log.changes.get('acme') ?? []
        const registered = changes
          .filter(({ eventType }) => eventType === 'SchemaRegistered')
          .map(({ payload }) => payload as { subject: string; version: number; id: number; hash: string })
        for (const subject of ['s', 't', 'u']) {
          const versions = registered.filter(item => item.subject === subject).map(({ version }) => version)
          expect(versions).toEqual(versions.map((_, index) => index + 1))
        }
        const hashes = new Map(registered.map(({ id, hash }) => [id, hash]))
        expect(new Set(hashes.values()).size).toBe(hashes.size)
        expect([...hashes.keys()].sort()).toEqual([...hashes.keys()].map((_, index) => 1_000_001 + index))
        pass(1_000)
        const [first, second] = await Promise.all(
          processes.map(one => one.subjects('acme', { includeDeleted: true })),
        )
        expect(first).toEqual(second)
      }),
      { numRuns: 60 },
    )
  })

  it('fold to the same state whole or in parts, and a state that is kept does not change', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(30), async (given, cut) => {
        const { registry, log } = createTestRegistry()
        for (const [, run] of given) await run(registry).catch(refused)
        const changes = log.changes.get('acme') ?? []
        const middle = fold(changes.slice(0, cut))
        const before = structuredClone(plain(middle))
        const whole = changes.slice(cut).reduce(evolve, middle)
        expect(plain(whole)).toEqual(plain(fold(changes)))
        expect(plain(middle)).toEqual(before)
        expect(whole.size).toBe(
          [...whole.contents.values()].reduce((sum, { schema, uses }) => sum + schema.length + 256 * uses, 0),
        )
      }),
      { numRuns: 60 },
    )
  })

  it('sees what the other has registered: at once where it finds nothing, otherwise within a second', async () => {
    const { registry, other, pass } = createTestRegistry()
    const second = other()
    await registry.register('acme', 's', { schema: requiring('a'), compatibility: 'none' })
    expect(await second.version('acme', 's', 1)).toMatchObject({ version: 1 })
    await registry.register('acme', 's', { schema: requiring('b') })
    expect(await second.version('acme', 's', 'latest')).toMatchObject({ version: 1 })
    expect(await second.version('acme', 's', 2)).toMatchObject({ version: 2 })
    await registry.register('acme', 's', { schema: requiring('c') })
    pass(1_000)
    expect(await second.version('acme', 's', 'latest')).toMatchObject({ version: 3 })
  })

  it('decides anew where the other was faster, and gives up at last', async () => {
    const { registry, other, log } = createTestRegistry()
    const second = other()
    let races = 3
    log.beforeAppend = async () => {
      if (races === 0) return
      races -= 1
      const { beforeAppend } = log
      log.beforeAppend = undefined
      await second.register('acme', 's', { schema: requiring(`m${races}`), compatibility: 'none' })
      log.beforeAppend = beforeAppend
    }
    expect(
      await registry.register('acme', 's', { schema: requiring('x'), compatibility: 'none' }),
    ).toMatchObject({ version: 4 })
    races = 1_000
    await expect(registry.register('acme', 's', { schema: requiring('y') })).rejects.toMatchObject({
      code: 'version_conflict',
    })
  })
})

describe('what is known of a scope', () => {
  it('is read once for many who ask at a time', async () => {
    const { registry, log } = createTestRegistry()
    await Promise.all(Array.from({ length: 50 }, () => registry.byId('acme', 1_000_001).catch(refused)))
    // A few for each of the two scopes: what is known, and then anew because nothing was found.
    expect(log.reads).toBeLessThanOrEqual(10)
  })

  it('begins anew where its tenant was deleted, and perhaps made again', async () => {
    const { registry, log, pass } = createTestRegistry()
    await registry.register('acme', 's', { schema: requiring('a') })
    log.changes.delete('acme')
    pass(1_000)
    expect((await registry.subjects('acme')).items).toEqual([])
    await registry.register('acme', 's', { schema: requiring('a') })
    const [made] = log.changes.get('acme') as [RecordedChange]
    log.changes.set('acme', [
      { ...made, eventId: 'evt-other', payload: { ...(made.payload as object), subject: 'other' } },
    ])
    pass(1_000)
    expect((await registry.subjects('acme')).items.map(({ subject }) => subject)).toEqual(['other'])
  })

  it('passes over changes whose content was removed, or that it does not know', async () => {
    const { registry, log, pass } = createTestRegistry()
    await registry.register('acme', 's', { schema: requiring('a') })
    const known = log.changes.get('acme') as RecordedChange[]
    const change = { eventId: 'evt-x', recordedAt: '2026-06-11T00:00:00Z' }
    known.push({ ...change, version: 2, eventType: 'SchemaRegistered', payload: undefined })
    known.push({ ...change, version: 3, eventType: 'SomethingElse', payload: {} })
    pass(1_000)
    expect(await registry.register('acme', 's', { schema: requiring() })).toMatchObject({ version: 2 })
  })

  it('is kept of a bounded number of scopes, those used last', async () => {
    const log = createMemoryLog()
    const logs = new ScopeLogs(log, { now: () => 0 }, { ...defaultRegistryLimits, scopes: 3 })
    for (let at = 0; at < 10; at += 1) await logs.current(`tenant-${at}`)
    expect(logs.size).toBe(3)
    const reads = log.reads
    await logs.current('tenant-9')
    expect(log.reads).toBe(reads)
    await logs.current('tenant-0')
    expect(log.reads).toBe(reads + 1)
  })

  it('is told as it stands where the log cannot be read after a change', async () => {
    const { registry, log } = createTestRegistry()
    const { read } = log
    log.beforeAppend = async () => {
      log.read = () => {
        log.read = read
        throw new KeelsonError('store_failed')
      }
    }
    await expect(registry.register('acme', 's', { schema: requiring('a') })).resolves.toMatchObject({
      version: 1,
    })
    log.beforeAppend = undefined
    expect(await registry.version('acme', 's', 1)).toMatchObject({ version: 1 })
  })
})
