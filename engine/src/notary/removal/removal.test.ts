import { describe } from 'vitest'
import { extendStore } from '../../store/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { removalSuites } from './fixtures/removal-suites.ts'

describe('removal, in memory', () => removalSuites(async () => createMemoryStore(), 'every way'))

describe('removal, on SQLite', () =>
  removalSuites(async () => {
    const folder = temporaryFolder()
    // The folder closes its stores.
    return extendStore(await folder.open(), { close: () => folder[Symbol.asyncDispose]() })
  }, 'every step'))
