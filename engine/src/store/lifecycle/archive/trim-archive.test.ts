import { describe, expect, it } from 'vitest'
import type { BlobStore } from '../../blob/port.ts'
import { createMemoryStore } from '../../memory/index.ts'
import { breakAt, fill, temporaryBlobs } from '../fixtures/kit.ts'
import { setStreamMetadata } from '../metadata/stream-metadata.ts'
import { scavenge } from '../scavenge/scavenge.ts'
import { sealStream } from '../seal-stream.ts'
import { archiveStream } from './archive-stream.ts'
import { segmentsOf } from './segment.ts'
import { trimArchive } from './trim-archive.ts'
import { trimChanges, trimCollections } from './trim-request.ts'

const tenantId = 'acme'
const now = Date.now()
const options = { tenantId, now }
/** When nobody is waited for any more who was writing then. */
const later = { now: now + 60 * 60 * 1000 }

/** A stream `s` in segments of three events, of which those at these versions leave the log now. */
async function archived(blobs: ReturnType<typeof temporaryBlobs>, count: number) {
  const store = createMemoryStore()
  const receipts = await fill(store, tenantId, 's', count)
  await sealStream(store, tenantId, 's')
  await archiveStream(store, blobs, tenantId, 's', { segmentEvents: 3 })
  const remove = async (...versions: readonly number[]): Promise<void> => {
    const events = versions.map(version => ({ stream: 's', version }))
    const positions = versions.map(version => receipts[version - 1]?.position ?? 0)
    const documents = await trimChanges(store, tenantId, events, now)
    const bodies = [{ tenantId, positions, becomes: 'removed' as const }]
    await store.commit({ scope: { tenantId }, bodies, documents })
  }
  const named = async () =>
    (await Array.fromAsync(segmentsOf(store, tenantId, 's'))).map(({ blob }) => blob).sort()
  const isSettled = async () => {
    const left = await Promise.all(trimCollections.map(one => store.documents({ tenantId }, one)))
    return left.flat().length === 0
  }
  return { store, remove, named, isSettled }
}

describe('what is trimmed from an archive', () => {
  it('leaves no blob that nobody names, whichever two steps it is cut off at', async () => {
    const found: string[] = []
    for (let first = 1; first <= 8; first += 1)
      for (let second = 1; second <= 8; second += 1)
        for (const when of ['before', 'after'] as const) {
          using blobs = temporaryBlobs()
          const { store, remove, named, isSettled } = await archived(blobs, 3)
          await remove(1)
          for (const at of [first, second]) {
            const broken = breakAt(store, blobs, at, when)
            await trimArchive(broken.store, broken.blobs, tenantId, options).catch(() => undefined)
          }
          await trimArchive(store, blobs, tenantId, options)
          const isClean = String(await blobs.names()) === String(await named())
          await trimArchive(store, blobs, tenantId, later)
          const isWhole = isClean && (await isSettled())
          if (!isWhole) found.push(`${when} ${first} and ${second}`)
        }
    expect(found).toEqual([])
  })

  it('is trimmed by two at once as by one', async () => {
    for (let round = 0; round < 10; round += 1) {
      using blobs = temporaryBlobs()
      const { store, remove, named, isSettled } = await archived(blobs, 9)
      await remove(1, 5, 9)
      await Promise.all([1, 2, 3].map(() => trimArchive(store, blobs, tenantId, options)))
      expect(await blobs.names()).toEqual(await named())
      await trimArchive(store, blobs, tenantId, later)
      expect(await isSettled()).toBe(true)
    }
  })

  it.each(['overtaken', 'withdrawn'] as const)(
    'leaves nothing of a writer that was held up, %s, and killed when it had put its blob',
    async what => {
      using blobs = temporaryBlobs()
      const { store, remove, named, isSettled } = await archived(blobs, 3)
      await remove(1)
      const [isHeldUp, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const [whole] = await named()
      const slow: BlobStore = {
        ...blobs,
        async put(...given) {
          isHeldUp.resolve()
          await goesOn.promise
          await blobs.put(...given)
        },
        // Of what is to follow the put it does nothing.
        get: name => (name === whole ? blobs.get(name) : new Promise(() => undefined)),
      }
      void trimArchive(store, slow, tenantId, options)
      await isHeldUp.promise
      if (what === 'withdrawn') await remove(2)
      await trimArchive(store, blobs, tenantId, options)
      expect(await blobs.names()).toEqual(await named())
      goesOn.resolve()
      await expect.poll(() => blobs.names()).toHaveLength(2)
      // The blob that is back was counted when it was deleted first.
      expect(await trimArchive(store, blobs, tenantId, options)).toBe(0)
      expect(await blobs.names()).toEqual(await named())
      expect(await isSettled()).toBe(false)
      expect(await trimArchive(store, blobs, tenantId, later)).toBe(0)
      expect(await blobs.names()).toEqual(await named())
      expect(await isSettled()).toBe(true)
    },
  )

  it.each([[[4]], [[4, 5, 6]]])(
    'also is what a scavenge of versions %j has replaced and was cut off before it deleted',
    async versions => {
      using blobs = temporaryBlobs()
      const { store, named, isSettled } = await archived(blobs, 6)
      await setStreamMetadata(store, tenantId, 's', { truncateBefore: (versions.at(-1) ?? 0) + 1 })
      const failing: BlobStore = {
        ...blobs,
        delete: async () => {
          throw new Error('cut off')
        },
      }
      const isHeld = ({ version }: { readonly version: number }) => !versions.includes(version)
      await expect(scavenge(store, tenantId, { blobs: failing, isHeld })).rejects.toThrow('cut off')
      expect(await blobs.names()).not.toEqual(await named())
      await trimArchive(store, blobs, tenantId, options)
      expect(await blobs.names()).toEqual(await named())
      expect(await isSettled()).toBe(true)
    },
  )

  it('goes from all other segments where one is damaged, which is told then', async () => {
    using blobs = temporaryBlobs()
    const { store, remove, named } = await archived(blobs, 9)
    const [lost = ''] = await named()
    await blobs.delete(lost)
    await remove(1, 5, 9)
    const trimmed = trimArchive(store, blobs, tenantId, options)
    await expect(trimmed).rejects.toMatchObject({ code: 'archive_damaged', details: { blob: lost } })
    const segments = await Array.fromAsync(segmentsOf(store, tenantId, 's'))
    expect(segments.map(({ events }) => events)).toEqual([3, 2, 2])
    expect(await blobs.names()).toEqual((await named()).filter(name => name !== lost))
  })
})
