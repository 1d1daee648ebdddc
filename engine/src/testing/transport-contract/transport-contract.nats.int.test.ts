import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../store/memory/index.ts'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import type { TemporaryNats } from '../../transport/nats/fixtures/nats-server.ts'
import {
  lacksNats,
  natsPrograms,
  temporaryNats,
  versionOf,
} from '../../transport/nats/fixtures/nats-server.ts'
import { natsFixture } from './fixtures/nats-fixture.ts'
import { transportContract } from './transport-contract.ts'

describe.skipIf(lacksNats).each(natsPrograms().map(program => ({ program, version: versionOf(program) })))(
  'the transport contract, on NATS $version',
  ({ program, version }) => {
    let server: TemporaryNats
    beforeAll(async () => {
      server = await temporaryNats({ program })
    })
    afterAll(() => server?.[Symbol.asyncDispose]())

    test('has a server', () => expect(version).toBeDefined())

    describe('with a store in memory', () => {
      for (const { name, run } of transportContract)
        test(name, async () => {
          const store = createMemoryStore()
          const fixture = natsFixture(store, server.url)
          try {
            await run(fixture)
            // The broker has brought it, and not the log in its place.
            expect(fixture.counts().fromLog).toBe(0)
          } finally {
            await fixture.close()
            await store.close()
          }
        })
    })

    describe('with PostgreSQL', () => {
      for (const { name, run } of transportContract)
        test(name, async () => {
          await using database = await temporaryPostgres()
          const fixture = natsFixture(await database.open(), server.url)
          await run(fixture).finally(() => fixture.close())
        })
    })
  },
)
