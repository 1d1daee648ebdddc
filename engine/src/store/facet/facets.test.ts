import { afterAll, describe, expect, test } from 'vitest'
import { createMemoryStore } from '../memory/index.ts'
import { temporaryFolder } from '../sqlite/fixtures/temporary-store.ts'
import { inboxSuite } from './fixtures/inbox-suite.ts'
import { outboxSuite } from './fixtures/outbox-suite.ts'
import { queryBuilderSuite } from './fixtures/query-builder-suite.ts'
import { snapshotsSuite } from './fixtures/snapshots-suite.ts'
import type { OpenStore } from './fixtures/suite.ts'
import { timersSuite } from './fixtures/timers-suite.ts'
import { createQueryBuilder } from './kysely/query-builder.ts'

const folders: AsyncDisposable[] = []
afterAll(() => Promise.all(folders.map(folder => folder[Symbol.asyncDispose]())))

const openSqlite: OpenStore = () => {
  const folder = temporaryFolder()
  folders.push(folder)
  return folder.open({ durability: 'relaxed' })
}

const stores: readonly (readonly [string, OpenStore])[] = [
  ['memory', async () => createMemoryStore()],
  ['SQLite', openSqlite],
]

describe.each(stores)('on the %s store', (_, open) => {
  snapshotsSuite(open)
  inboxSuite(open)
  timersSuite(open)
  outboxSuite(open)
})

describe('on the SQLite store', () => queryBuilderSuite(openSqlite))

test('a store without SQL has no query builder', () => {
  const scope = { tenantId: 'acme' }
  expect(() => createQueryBuilder(createMemoryStore(), scope)).toThrow('The store memory has no SQL')
})
