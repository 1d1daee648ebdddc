import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { createFileBlobStore } from '../../store/blob/filesystem/index.ts'
import { archiveStream, openWithArchive, sealStream } from '../../store/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { openSealed } from '../seal/index.ts'
import { BundleLogFixture, tenantId } from './fixtures/bundle-log.ts'
import { MemorySink } from './fixtures/memory-sink.ts'

it('a bundle lacks nothing that is in an archive: it is refused without that, before anything is written', async () => {
  await using folder = temporaryFolder()
  const log = await BundleLogFixture.open()
  await log.fill(20)
  const whole = await log.export()
  const blobs = createFileBlobStore(join(dirname(folder.path), 'archive'))
  await sealStream(log.plain, tenantId, 'Order-1')
  await archiveStream(log.plain, blobs, tenantId, 'Order-1')
  const sink = new MemorySink()
  await expect(log.export({ sink, from: 10 })).rejects.toMatchObject({
    code: 'event_archived',
    details: { sequence: 10 },
  })
  expect(sink.files.size).toBe(0)
  // The records of seal and archive are in the database.
  expect((await log.export({ from: 20 })).summary).toMatchObject({ from: 20, to: 22, unexplained: 0 })
  const store = openSealed(openWithArchive(log.plain, blobs), log.ring)
  const { sink: restored, summary } = await log.export({ store, to: 20 })
  expect(summary.unexplained).toBe(0)
  for (const name of ['leaves.ndjson', 'bodies.ndjson'])
    expect(restored.files.get(name)).toEqual(whole.sink.files.get(name))
})
