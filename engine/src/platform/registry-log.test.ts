import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Registry } from '../catalog/index.ts'
import { createJsonChecker, createRegistry, registryEvents } from '../catalog/index.ts'
import type { Clock } from '../core/index.ts'
import { platformTenant, runInContext, systemClock } from '../core/index.ts'
import type { EventStore } from '../store/index.ts'
import { createMemoryStore } from '../store/memory/index.ts'
import { openSqliteStore } from '../store/sqlite/index.ts'
import { createRegistryLog } from './registry-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'keelson-registry-'))
const opened: EventStore[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map(store => store.close()))
  rmSync(folder, { recursive: true, force: true })
})

const json = createJsonChecker()
const unused = {
  parse: () => ({ canonical: '' }),
  compare: () => ({ isCompatible: true, messages: [] }),
}
const registryOn = (store: EventStore, clock: Clock = systemClock): Registry =>
  createRegistry({
    log: createRegistryLog(store, { clock }),
    clock,
    checkers: { JSON: json, AVRO: unused, PROTOBUF: unused },
    isTaken: () => false,
  })

async function sqlite(name: string): Promise<EventStore> {
  const store = await openSqliteStore({ path: join(folder, name), durability: 'relaxed' })
  opened.push(store)
  return store
}

const schema = (at: number): string => JSON.stringify({ type: 'string', maxLength: at })
const request = (at: number) => ({ schema: schema(at), compatibility: 'none' as const })

describe('a registry in the event store', () => {
  it('is there again after a restart', async () => {
    const first = await sqlite('restart.db')
    const made = await registryOn(first).register('acme', 's', request(1))
    await registryOn(first).register(platformTenant, 'p', request(2))
    await first.close()
    const registry = registryOn(await sqlite('restart.db'))
    expect(await registry.version('acme', 's', 1)).toMatchObject({
      id: made.id,
      hash: made.hash,
      schema: schema(1),
    })
    expect(await registry.byId('acme', 1)).toMatchObject({ subject: 'p', scope: 'platform' })
    expect(await registry.register('acme', 's', request(1))).toEqual({ ...made, isNew: false })
  })

  it('is one for all processes that share a file: ids and versions are dense', async () => {
    const processes = await Promise.all([
      sqlite('shared.db').then(registryOn),
      sqlite('shared.db').then(registryOn),
    ])
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        (processes[at % 2] as Registry).register('acme', 's', request(at)),
      ),
    )
    expect(made.map(({ version }) => version).sort((a, b) => a - b)).toEqual(made.map((_, at) => at + 1))
    expect(new Set(made.map(({ id }) => id)).size).toBe(20)
    expect(Math.max(...made.map(({ id }) => id))).toBe(1_000_020)
    for (const { id, version } of made)
      expect(await processes[0]?.version('acme', 's', version)).toMatchObject({ id })
  })

  it("writes events of its own definitions into the tenant's log, with who asked for it", async () => {
    const store = createMemoryStore()
    opened.push(store)
    await runInContext({ actor: 'key-7', source: 'deploy' }, () =>
      registryOn(store).register('acme', 's', request(1)),
    )
    const events = await Array.fromAsync(store.readStream('acme', 'SchemaRegistry-schemas'))
    expect(events.map(({ eventType }) => eventType)).toEqual([
      'SchemaCompatibilityChanged',
      'SchemaRegistered',
    ])
    expect(events[1]?.envelope).toMatchObject({
      tenantId: 'acme',
      source: 'Schema Registry',
      metadata: { user: 'key-7', userName: 'deploy' },
      payload: { subject: 's', version: 1, id: 1_000_001 },
    })
    expect(
      await Array.fromAsync(store.readAll({ tenantId: 'acme' }, { filter: { topics: ['catalog'] } })),
    ).toHaveLength(2)
    expect(registryEvents.every(({ isReserved, topic }) => isReserved && topic === 'catalog')).toBe(true)
  })

  it('is forgotten with its tenant in every process', async () => {
    const [one, other] = await Promise.all([sqlite('deleted.db'), sqlite('deleted.db')])
    let now = Date.now()
    const clock = { now: () => now }
    const far = registryOn(other, clock)
    const event = { topic: 'orders', summary: 'Placed.', producer: 'Shop' }
    await registryOn(one, clock).register('acme', 'OrderPlaced', { schema: '{"type":"object"}', event })
    await far.load('acme')
    expect(far.ownTypes('acme').names).toEqual(['OrderPlaced'])
    await one.deleteTenant('acme')
    now += 1_000
    await far.load('acme')
    expect(far.ownTypes('acme').names).toEqual([])
    expect((await far.subjects('acme')).items).toEqual([])
    await expect(far.byId('acme', 1_000_001)).rejects.toMatchObject({ code: 'schema_not_found' })
  })

  it('begins anew for a tenant that was deleted and made again', async () => {
    const store = createMemoryStore()
    opened.push(store)
    const registry = registryOn(store)
    await registry.register('acme', 's', request(1))
    await store.deleteTenant('acme')
    expect(await registry.register('acme', 't', request(2))).toMatchObject({ id: 1_000_001, version: 1 })
    await expect(registry.version('acme', 's', 1)).rejects.toMatchObject({ code: 'schema_not_found' })
  })
})
