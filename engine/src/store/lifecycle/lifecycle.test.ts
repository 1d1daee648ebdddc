import { afterAll, describe } from 'vitest'
import type { OpenStore } from '../facet/fixtures/suite.ts'
import { createMemoryStore } from '../memory/index.ts'
import { temporaryFolder } from '../sqlite/fixtures/temporary-store.ts'
import { archiveSuite } from './fixtures/archive-suite.ts'
import { hiddenFieldsSuite } from './fixtures/hidden-fields-suite.ts'
import { metadataSuite } from './fixtures/metadata-suite.ts'
import { scavengeArchiveSuite } from './fixtures/scavenge-archive-suite.ts'
import { scavengeSuite } from './fixtures/scavenge-suite.ts'
import { sealSuite } from './fixtures/seal-suite.ts'
import { tombstoneSuite } from './fixtures/tombstone-suite.ts'

const folders: AsyncDisposable[] = []
afterAll(() => Promise.all(folders.map(folder => folder[Symbol.asyncDispose]())))

const openSqlite: OpenStore = () => {
  const folder = temporaryFolder()
  folders.push(folder)
  return folder.open({ durability: 'relaxed' })
}

const stores: readonly (readonly [string, OpenStore, number])[] = [
  ['memory', async () => createMemoryStore(), 1],
  ['SQLite', openSqlite, 3],
]

describe.each(stores)('on the %s store', (_, open, stride) => {
  sealSuite(open)
  tombstoneSuite(open)
  metadataSuite(open)
  archiveSuite(open, stride)
  hiddenFieldsSuite(open)
  scavengeSuite(open)
  scavengeArchiveSuite(open, stride)
})
