import { describe, test } from 'vitest'
import { createMemoryStore } from '../../store/memory/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { embeddedFixture } from './fixtures/embedded-fixture.ts'
import { interruptionCases } from './interruption.ts'
import { transportContract } from './transport-contract.ts'

describe('the transport contract, embedded in memory', () => {
  for (const { name, run } of [...transportContract, ...interruptionCases])
    test(name, async () => {
      const store = createMemoryStore()
      await run(embeddedFixture(store))
      await store.close()
    })
})

describe('the transport contract, embedded on SQLite', () => {
  for (const { name, run } of [...transportContract, ...interruptionCases])
    test(name, async () => {
      await using folder = temporaryFolder()
      await run(embeddedFixture(await folder.open()))
    })
})
