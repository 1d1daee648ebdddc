import { afterAll, describe } from 'vitest'
import type { OpenStore } from '../facet/fixtures/suite.ts'
import type { TemporaryPostgres } from '../postgres/fixtures/temporary-store.ts'
import { temporaryPostgres } from '../postgres/fixtures/temporary-store.ts'
import { archiveSuite } from './fixtures/archive-suite.ts'
import { hiddenFieldsSuite } from './fixtures/hidden-fields-suite.ts'
import { metadataSuite } from './fixtures/metadata-suite.ts'
import { scavengeArchiveSuite } from './fixtures/scavenge-archive-suite.ts'
import { scavengeSuite } from './fixtures/scavenge-suite.ts'
import { sealSuite } from './fixtures/seal-suite.ts'
import { tombstoneSuite } from './fixtures/tombstone-suite.ts'

const databases: TemporaryPostgres[] = []
afterAll(() => Promise.all(databases.map(database => database[Symbol.asyncDispose]())))

const open: OpenStore = async () => {
  const database = await temporaryPostgres()
  databases.push(database)
  return database.open({ durability: 'relaxed' })
}

describe('on the PostgreSQL store', () => {
  sealSuite(open)
  tombstoneSuite(open)
  metadataSuite(open)
  archiveSuite(open, 4)
  hiddenFieldsSuite(open)
  scavengeSuite(open)
  scavengeArchiveSuite(open, 4)
})
