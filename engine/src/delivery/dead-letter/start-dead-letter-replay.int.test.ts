import { describe } from 'vitest'
import { temporaryPostgres } from '../../store/postgres/fixtures/temporary-store.ts'
import { runCases } from './fixtures/run-cases.ts'

describe('a run over dead letters, on PostgreSQL', () => {
  runCases(async work => {
    await using database = await temporaryPostgres()
    await work(await database.open())
  })
})
