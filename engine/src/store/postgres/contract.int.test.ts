import { describe, test } from 'vitest'
import type { ContractCase, StoreFixture } from '../../testing/index.ts'
import { storeContract } from '../../testing/index.ts'
import { temporaryPostgres } from './fixtures/temporary-store.ts'

async function run(
  contractCase: ContractCase,
  shards: number,
  skip: (reason: string) => void,
): Promise<void> {
  await using postgres = await temporaryPostgres()
  let store = await postgres.open({ shards })
  const fixture: StoreFixture = {
    store,
    async reopen() {
      await store.close()
      store = await postgres.open()
      return store
    },
  }
  const { needs } = contractCase
  if (needs && !needs.isMet(store.capabilities, fixture)) skip(needs.reason)
  await contractCase.run(fixture)
}

describe('the event store contract on PostgreSQL', () => {
  for (const contractCase of storeContract)
    test.concurrent(contractCase.name, context => run(contractCase, 1, reason => context.skip(reason)))
})
