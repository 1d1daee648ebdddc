import { afterAll, describe } from 'vitest'
import type { OpenStore } from '../facet/fixtures/suite.ts'
import { createMemoryStore } from '../memory/index.ts'
import { temporaryFolder } from '../sqlite/fixtures/temporary-store.ts'
import { archiveSuite } from './fixtures/archive-suite.ts'
import { metadataSuite } from './fixtures/metadata-suite.ts'
import { scavengeSuite } from './fixtures/scavenge-suite.ts'
import { sealSuite } from './fixtures/seal-suite.ts'
import { tombstoneSuite } from './fixtures/tombstone-suite.ts'

const folders: AsyncDisposable[] = []
afterAll(() => Promise.all(folders.map(folder => folder[Symbol.asyncDispose]())))

const stores: readonly (readonly [string, OpenStore])[] = [
  ['memory', async () => createMemoryStore()],
  [
    'SQLite',
    () => {
      const folder = temporaryFolder()
      folders.push(folder)
      return folder.open({ durability: 'relaxed' })
    },
  ],
]

describe.each(stores)('on the %s store', (_, open) => {
  sealSuite(open)
  tombstoneSuite(open)
  metadataSuite(open)
  archiveSuite(open)
  scavengeSuite(open)
})
