import { randomUUID } from 'node:crypto'
import { ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blobContract, sampleEvent } from '../../../testing/index.ts'
import type { EventStore } from '../../index.ts'
import {
  archiveStream,
  openWithArchive,
  scavenge,
  sealStream,
  tombstoneStream,
  trimArchive,
  trimChanges,
} from '../../index.ts'
import { createMemoryStore } from '../../memory/index.ts'
import { createAzureBlobStore } from './azure-blob-store.ts'
import type { Azurite } from './fixtures/azurite.ts'
import { startAzurite } from './fixtures/azurite.ts'

const started: { azurite?: Azurite } = {}
beforeAll(async () => {
  started.azurite = await startAzurite()
})
afterAll(() => started.azurite?.[Symbol.asyncDispose]())

function containerOf(name: string): ContainerClient {
  if (!started.azurite) throw new Error('The server runs while tests do')
  return started.azurite.client.getContainerClient(name)
}

async function container(): Promise<ContainerClient> {
  const made = containerOf(randomUUID())
  await made.create()
  return made
}

describe('the blob store contract on Azure Blob Storage', () => {
  for (const one of blobContract) {
    it(one.name, async () => {
      await one.run(createAzureBlobStore(await container()))
    })
  }
})

describe('a blob store on Azure', () => {
  it('says where it is without the signature that opens it', async () => {
    const { url } = await container()
    const store = createAzureBlobStore(new ContainerClient(`${url}?sv=2024-11-04&sig=geheim`))
    expect(store.location).toBe(url)
  })

  it('tells a missing container from a missing blob, and keeps signatures out of the error', async () => {
    const url = containerOf('never-made').url
    const missing = createAzureBlobStore(containerOf('never-made'))
    await expect(missing.get('a')).rejects.toMatchObject({ code: 'blob_failed' })
    await expect(missing.put('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'blob_failed' })
    const refused = createAzureBlobStore(new ContainerClient(`${url}?sv=2024-11-04&sig=geheim`))
    const error: Error = await refused.put('a', Buffer.from('x')).then(
      () => expect.unreachable(),
      reason => reason,
    )
    expect(error).toMatchObject({ code: 'blob_failed' })
    expect(error.cause).toBeUndefined()
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('geheim')
  })

  it('keeps the archive of a stream, from which it is read as before', async () => {
    const store = createMemoryStore()
    const blobs = createAzureBlobStore(await container())
    const events = Array.from({ length: 25 }, () => sampleEvent('acme'))
    await store.append('acme', [{ stream: 's', expected: 'none', events }])
    const bodies = async (from: EventStore) =>
      (await Array.fromAsync(from.readStream('acme', 's'))).map(({ body }) => body)
    const before = await bodies(store)
    await sealStream(store, 'acme', 's')
    await archiveStream(store, blobs, 'acme', 's', { segmentEvents: 10 })
    expect(await bodies(store)).toEqual(before.map(() => ''))
    expect(await bodies(openWithArchive(store, blobs))).toEqual(before)
    await tombstoneStream(store, 'acme', 's', { reason: 'a test' })
    expect((await scavenge(store, 'acme', { blobs })).tombstoned.count).toBe(25)
    expect(await Array.fromAsync(blobs.list('archive/'))).toEqual([])
  })

  it('loses from an archive what was removed from the log', async () => {
    const store = createMemoryStore()
    const blobs = createAzureBlobStore(await container())
    await store.append('acme', [
      { stream: 's', expected: 'none', events: Array.from({ length: 5 }, () => sampleEvent('acme')) },
    ])
    await sealStream(store, 'acme', 's')
    await archiveStream(store, blobs, 'acme', 's', { segmentEvents: 2 })
    const gone = (await Array.fromAsync(store.readStream('acme', 's'))).slice(1, 4)
    const positions = gone.map(({ position }) => position)
    await store.commit({
      scope: { tenantId: 'acme' },
      bodies: [{ tenantId: 'acme', positions, becomes: 'removed' }],
      documents: await trimChanges(store, 'acme', gone, Date.now()),
    })
    expect(await trimArchive(store, blobs, 'acme', { now: Date.now() })).toBe(2)
    expect(await Array.fromAsync(blobs.list('archive/'))).toHaveLength(2)
    const rest = await Array.fromAsync(openWithArchive(store, blobs).readStream('acme', 's'))
    expect(rest.map(({ version }) => version)).toEqual([1, 5])
    expect(await trimArchive(store, blobs, 'acme', { now: Date.now() })).toBe(0)
  })
})
