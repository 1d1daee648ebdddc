import { afterAll, beforeAll, describe, test } from 'vitest'
import type { TemporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { embeddedFixture } from './fixtures/embedded-fixture.ts'
import { transportContract } from './transport-contract.ts'

describe('the transport contract, embedded on PostgreSQL', () => {
  const held = new AsyncDisposableStack()
  const databases: TemporaryPostgres[] = []
  beforeAll(async () => {
    for (const _ of transportContract) databases.push(held.use(await temporaryPostgres()))
  })
  afterAll(() => held.disposeAsync())

  for (const [index, { name, run }] of transportContract.entries())
    test(name, async () => {
      const store = await databases[index]?.open()
      if (store !== undefined) await run(embeddedFixture(store))
    })
})
