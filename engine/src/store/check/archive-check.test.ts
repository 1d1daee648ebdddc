import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sampleEvent } from '../../testing/index.ts'
import { createFileBlobStore } from '../blob/filesystem/index.ts'
import { archiveStream } from '../lifecycle/archive/archive-stream.ts'
import { segmentCollection } from '../lifecycle/archive/segment.ts'
import { sealStream } from '../lifecycle/seal-stream.ts'
import { temporaryFolder } from '../sqlite/fixtures/temporary-store.ts'
import { inspectSqliteStore } from '../sqlite/offline/inspection.ts'
import { examineStore } from './doctor.ts'

/** A store of which three events lie in the archive, in two segments. */
async function archived() {
  const folder = temporaryFolder()
  const archive = join(dirname(folder.path), 'archive')
  const store = await folder.open()
  const events = [1, 2, 3].map(() => sampleEvent('acme'))
  await store.append('acme', [{ stream: 's', expected: 'none', events }])
  await sealStream(store, 'acme', 's')
  await archiveStream(store, createFileBlobStore(archive), 'acme', 's', { segmentEvents: 2 })
  const files = readdirSync(archive, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.gz'))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
  return {
    store,
    files,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    async faults() {
      const inspection = inspectSqliteStore({ path: folder.path })
      const report = await examineStore(inspection, { archive: createFileBlobStore(archive) })
      await inspection.close()
      return report.faults.map(({ name, findings }) => [name, ...findings.map(({ problem }) => problem)])
    },
  }
}

describe('the check of an archive', () => {
  it('finds a sound one sound', async () => {
    await using archive = await archived()
    expect(archive.files).toHaveLength(2)
    expect(await archive.faults()).toEqual([])
  })

  it('finds a blob that is gone, and the bodies that went with it', async () => {
    await using archive = await archived()
    rmSync(archive.files[0] as string)
    expect(await archive.faults()).toEqual([
      [
        'archive-missing',
        expect.stringMatching(/^the blob archive\/acme\/.* of the stream "s" is not there$/),
      ],
      ['archive-incomplete', '2 of 3 archived bodies are in no sound segment'],
    ])
  })

  it('finds a blob that was changed', async () => {
    await using archive = await archived()
    const file = archive.files[1] as string
    const bytes = readFileSync(file)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 10) ^ 1, bytes.length - 10)
    writeFileSync(file, bytes)
    expect(await archive.faults()).toEqual([
      ['archive-damaged', expect.stringContaining('its hash is not the one that was recorded')],
      ['archive-incomplete', '1 of 3 archived bodies are in no sound segment'],
    ])
  })

  it('finds that nothing says where bodies are', async () => {
    await using archive = await archived()
    const found = await archive.store.documents({ tenantId: 'acme' }, segmentCollection)
    await archive.store.commit({
      scope: { tenantId: 'acme' },
      documents: found.map(({ tenantId, collection, id }) => ({ tenantId, collection, id })),
    })
    expect(await archive.faults()).toEqual([
      ['archive-incomplete', '3 of 3 archived bodies are in no sound segment'],
    ])
  })
})
