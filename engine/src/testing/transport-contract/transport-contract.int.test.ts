import { describe, test } from 'vitest'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { embeddedFixture } from './fixtures/embedded-fixture.ts'
import { interruptionCases } from './interruption.ts'
import { transportContract } from './transport-contract.ts'

describe('the transport contract, embedded on PostgreSQL', () => {
  for (const { name, run } of [...transportContract, ...interruptionCases])
    test(name, async () => {
      // One at a time: the connections of all of them together are more than a server takes by default.
      await using database = await temporaryPostgres()
      await run(embeddedFixture(await database.open()))
    })
})
