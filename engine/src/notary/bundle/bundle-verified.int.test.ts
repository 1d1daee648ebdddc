import { expect, it } from 'vitest'
import { verifyBundle } from '../../proof/index.ts'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { openEventfulLog } from './fixtures/eventful-log.ts'

it.each([1, 3])('a bundle of a log in PostgreSQL with %d shards is verified', async shards => {
  await using postgres = await temporaryPostgres()
  const log = await openEventfulLog(await postgres.open({ durability: 'relaxed', shards }), 600)
  for (const more of [{}, { from: 255, to: 300 }, { withPersonal: false }]) {
    const { isVerified, failures } = await verifyBundle((await log.export(more)).source)
    expect([more, isVerified, failures]).toEqual([more, true, []])
  }
  await log.close()
})
