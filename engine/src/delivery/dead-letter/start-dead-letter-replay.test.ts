import { describe } from 'vitest'
import { createMemoryStore } from '../../store/memory/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { runCases } from './fixtures/run-cases.ts'

describe('a run over dead letters, in memory', () => {
  runCases(work => work(createMemoryStore()))
})

describe('a run over dead letters, on SQLite', () => {
  runCases(async work => {
    await using folder = temporaryFolder()
    await work(await folder.open())
  })
})
