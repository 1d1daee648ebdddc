import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { eventually } from './fixtures/eventually.ts'
import { NatsLab } from './fixtures/nats-lab.ts'
import type { TemporaryNats } from './fixtures/nats-server.ts'
import { lacksNats, temporaryNats } from './fixtures/nats-server.ts'

const tenants = ['acme', 'bolt', 'cord', 'dune', 'echo-1']

describe.skipIf(lacksNats)('a store of several shards', () => {
  let server: TemporaryNats
  beforeAll(async () => {
    server = await temporaryNats()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('has a stream for each, and each tenant comes from its own', async () => {
    await using database = await temporaryPostgres()
    await using lab = new NatsLab(server.url, await database.open({ shards: 3 }))
    const transport = lab.transport({ lookEvery: 600_000 })
    const relay = lab.relay(transport)
    for (let round = 0; round < 5; round += 1)
      for (const tenantId of tenants) await lab.publish(4, { tenantId })
    const heads = await Promise.all(
      [0, 1, 2].map(shard => lab.store.head({ tenantId: 'every tenant', shard })),
    )
    await eventually(async () => (await relay.status()).partitions.map(({ position }) => position)).toEqual(
      heads,
    )
    for (const [partition, head] of heads.entries()) {
      if (head === 0) continue
      const scope = { tenantId: 'every tenant', shard: partition } as const
      const log = await Array.fromAsync(lab.store.readAll(scope))
      expect(await lab.take(lab.receiver(transport, { partition }), log.length)).toEqual(
        log.map(({ position }) => position),
      )
    }
    for (const tenantId of tenants) {
      const log = await Array.fromAsync(lab.store.readAll({ tenantId }))
      expect(await lab.take(lab.receiver(transport, { tenantId }), 20)).toEqual(
        log.map(({ position }) => position),
      )
    }
    expect(transport.status().fromLog).toBe(0)
    expect(await transport.topology.apply(AbortSignal.timeout(5_000))).toEqual([])
  })
})
