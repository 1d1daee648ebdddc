import { beforeAll, describe, expect, it } from 'vitest'
import {
  entriesPath,
  hashText,
  leafNode,
  nodesFromTiles,
  parseHash,
  tilePath,
  tilesOf,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../../proof/index.ts'
import type { Receipt } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { appendEvents } from '../fixtures/append-events.ts'
import { logName, manualClock, TestLogKeys } from '../fixtures/log-keys.ts'
import { LogNotary } from '../log-notary.ts'

const tenantId = 'acme'
/** Also the sizes at which a known reader of tiles takes forged ones. */
const sizes = [1, 2, 255, 256, 257, 300, 511, 512, 513, 600, 700, 768, 1000, 1024, 1025]

describe('tiles and proofs', () => {
  const store = createMemoryStore()
  const notary = new LogNotary(store, new TestLogKeys(), { logName, clock: manualClock() })
  let receipts: Receipt[] = []

  beforeAll(async () => {
    for (const size of sizes) {
      receipts = [...receipts, ...(await appendEvents(store, tenantId, size - receipts.length))]
      await notary.checkpointNow(tenantId)
    }
  })

  const rootAt = (size: number): Promise<string> => rootOfTiles(size)

  async function rootOfTiles(size: number): Promise<string> {
    const tiles = new Map<string, Uint8Array>()
    for (const place of tilesOf(size)) {
      const tile = await notary.tile(tenantId, tilePath(place))
      if (tile) tiles.set(tilePath(place), tile)
    }
    return treeRoot(
      nodesFromTiles(size, place => tiles.get(tilePath(place)) ?? new Uint8Array()),
      size,
    )
  }

  it('are those of the signed trees at every size', async () => {
    for (const size of sizes) {
      const note = await notary.checkpoint(tenantId, size)
      expect(note?.split('\n')[2]).toBe(hashText(await rootOfTiles(size), 'base64'))
    }
  })

  it('have the leaves themselves, each with its length', async () => {
    for (const [index, width] of [
      [0, 256],
      [3, 256],
      [4, 1],
      [2, 17],
    ] as const) {
      const tile = (await notary.tile(tenantId, entriesPath({ index, width }))) ?? new Uint8Array()
      const hashes: string[] = []
      for (let at = 0; at < tile.length; ) {
        const length = Buffer.from(tile).readUInt16BE(at)
        hashes.push(
          hashText(leafNode(Buffer.from(tile.subarray(at + 2, at + 2 + length)).toString()), 'base64url'),
        )
        at += 2 + length
      }
      expect(hashes).toEqual(receipts.slice(index * 256, index * 256 + width).map(one => one.leafHash))
    }
  })

  it.each([
    'tile/0/004.p/2',
    'tile/0/005',
    'tile/1/000.p/5',
    'tile/2/000.p/1',
    'tile/entries/004.p/2',
    'tile/0/4',
    '../secret',
    '',
  ])('are not there beyond what is published: %j', async path => {
    expect(await notary.tile(tenantId, path)).toBeUndefined()
    expect(await notary.tile('beta', 'tile/0/000.p/1')).toBeUndefined()
  })

  it('prove each leaf at each size, and each size to a later one', async () => {
    for (const [at, size] of sizes.entries()) {
      const root = await rootAt(size)
      for (const index of new Set([0, size >> 1, size - 1, Math.min(size - 1, 255)])) {
        const path = (await notary.inclusion(tenantId, index, size)).map(line => parseHash(line, 'base64'))
        const leaf = parseHash(receipts[index]?.leafHash ?? '', 'base64url')
        expect(verifyInclusion({ leaf, index, size, root }, path)).toBe(true)
      }
      for (const older of sizes.slice(0, at + 1)) {
        const lines = await notary.consistency(tenantId, older, size)
        const proof = lines.map(line => parseHash(line, 'base64'))
        expect(verifyConsistency({ size: older, root: await rootAt(older) }, { size, root }, proof)).toBe(
          true,
        )
      }
    }
  })

  it('are those of the log that is there, whatever stood under its name before', async () => {
    const other = 'gamma'
    for (const round of [1, 2]) {
      const appended = await appendEvents(store, other, 300, `Test-${round}`)
      // Another process signs; the one that is asked has read the tiles of the log before.
      const signing = new LogNotary(store, new TestLogKeys(), { logName, clock: manualClock() })
      const note = await signing.checkpointNow(other)
      const root = parseHash(note.split('\n')[2] ?? '', 'base64')
      for (const index of [0, 255, 256, 299]) {
        const path = (await notary.inclusion(other, index, 300)).map(line => parseHash(line, 'base64'))
        const leaf = parseHash(appended[index]?.leafHash ?? '', 'base64url')
        expect(verifyInclusion({ leaf, index, size: 300, root }, path)).toBe(true)
      }
      await signing.close()
      await store.deleteTenant(other)
    }
  })
})
