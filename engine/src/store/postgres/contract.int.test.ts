import { afterAll, describe, test } from 'vitest'
import type { ContractCase, StoreFixture } from '../../testing/index.ts'
import { storeContract } from '../../testing/index.ts'
import type { TemporaryPostgres } from './fixtures/temporary-store.ts'
import { temporaryPostgres } from './fixtures/temporary-store.ts'

/** Databases that no case uses now: to empty one takes a tenth of the time of making it. */
const idle: TemporaryPostgres[] = []
afterAll(() => Promise.all(idle.map(one => one[Symbol.asyncDispose]())))

const empty = `
  DO $$ BEGIN
    EXECUTE coalesce((SELECT 'DROP TABLE ' || string_agg(format('public.%I', tablename), ', ') FROM pg_tables
      WHERE schemaname = 'public'), 'SELECT 1');
  END $$;
  TRUNCATE keelson.tenant, keelson.stream, keelson.event_type, keelson.event, keelson.event_id, keelson.event_link,
    keelson.idempotency_key, keelson.checkpoint, keelson.document, keelson.read_model, keelson.definition;
  UPDATE keelson.log_head SET position = 0, mark = 0`

async function run(contractCase: ContractCase, skip: (reason: string) => void): Promise<void> {
  const postgres = idle.pop() ?? (await temporaryPostgres())
  await using other = new AsyncDisposableStack()
  try {
    let store = await postgres.open()
    const fixture: StoreFixture = {
      store,
      async reopen() {
        await store.close()
        store = await postgres.open()
        return store
      },
      openBounded: async bounds => other.use(await temporaryPostgres()).open(bounds),
    }
    const { needs } = contractCase
    if (needs && !needs.isMet(store.capabilities, fixture)) return skip(needs.reason)
    await contractCase.run(fixture)
  } finally {
    await postgres.closeAll()
    await postgres.sql(empty)
    idle.push(postgres)
  }
}

describe('the event store contract on PostgreSQL', () => {
  for (const contractCase of storeContract)
    test.concurrent(contractCase.name, context => run(contractCase, reason => context.skip(reason)))
})
