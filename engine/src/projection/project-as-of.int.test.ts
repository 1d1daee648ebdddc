import { describe } from 'vitest'
import { temporaryPostgres } from '../store/postgres/fixtures/temporary-store.ts'
import { asOfCases } from './fixtures/as-of-cases.ts'

describe('a look back, on PostgreSQL', () => {
  asOfCases(async work => {
    await using database = await temporaryPostgres()
    await work(await database.open())
  })
})
