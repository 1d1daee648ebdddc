import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { expect, test } from 'vitest'
import { createFileBlobStore } from '../../../store/blob/filesystem/index.ts'
import type { BlobStore, EventStore } from '../../../store/index.ts'
import { archiveStream, examineStore, sealStream } from '../../../store/index.ts'
import { temporaryDatabase } from '../../../store/postgres/fixtures/server.ts'
import { inspectPostgresStore } from '../../../store/postgres/offline/inspection.ts'
import { openPostgresStore } from '../../../store/postgres/open-postgres-store.ts'
import { temporaryFolder } from '../../../store/sqlite/fixtures/temporary-store.ts'
import { inspectSqliteStore } from '../../../store/sqlite/offline/inspection.ts'
import { createSetting, signIn } from '../fixtures/setting.ts'

const anna = { userId: 'usr-anna', email: 'anna@example.com', stream: 's', more: { note: 'called twice' } }

/** Takes the note out of an event, in which the address stays sealed; where there is an archive, out of that. */
async function redact(store: EventStore, archive?: BlobStore): Promise<void> {
  const setting = await createSetting(store, archive === undefined ? {} : { archive })
  const eventId = await signIn(setting, 'acme', anna)
  if (archive !== undefined) {
    await signIn(setting, 'acme', anna)
    await sealStream(store, 'acme', 's')
    await archiveStream(store, archive, 'acme', 's')
  }
  const asked = { eventId, pointers: ['/payload/note'], reason: 'Not needed' }
  const { id } = await setting.removals.requestRedaction('acme', asked)
  await setting.removals.work()
  expect(await setting.removals.redaction('acme', id)).toMatchObject({ status: 'completed' })
  await setting.close()
}

async function faultsOf(path: string, archive?: BlobStore) {
  const inspection = inspectSqliteStore({ path })
  const { faults } = await examineStore(inspection, archive === undefined ? {} : { archive })
  await inspection.close()
  return faults.map(({ name, findings }) => [name, ...findings.map(({ problem }) => problem)])
}

test('a store after a redaction is sound, and its event is still held to its key', async () => {
  await using folder = temporaryFolder()
  await redact(await folder.open())
  expect(await faultsOf(folder.path)).toEqual([])
  const database = new DatabaseSync(folder.path)
  database.prepare("DELETE FROM event_link WHERE link LIKE 'p:%'").run()
  database.close()
  expect(await faultsOf(folder.path)).toContainEqual([
    'link-missing',
    expect.stringMatching(/^the event is not found by "p:/),
  ])
})

test('so is one with an archive', async () => {
  await using folder = temporaryFolder()
  const archive = createFileBlobStore(join(dirname(folder.path), 'archive'))
  await redact(await folder.open(), archive)
  expect(await faultsOf(folder.path, archive)).toEqual([])
})

test('so is one on PostgreSQL', async () => {
  await using held = new AsyncDisposableStack()
  const { connection } = held.use(await temporaryDatabase())
  const pool = held.adopt(new pg.Pool({ ...connection, max: 6 }), one => one.end())
  const store = held.adopt(await openPostgresStore({ pool, durability: 'relaxed' }), one => one.close())
  await redact(store)
  const inspection = held.adopt(await inspectPostgresStore({ pool, location: 'here' }), one => one.close())
  expect((await examineStore(inspection)).faults).toEqual([])
})
