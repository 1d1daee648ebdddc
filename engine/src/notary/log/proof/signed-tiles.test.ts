import { beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { hashText, leafNode, MerkleTree, noteText, signCheckpoint, tilePath } from '../../../proof/index.ts'
import { portOf } from '../../../store/fixtures/port-of.ts'
import type { EventStore } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { appendEvents } from '../fixtures/append-events.ts'
import { logName, manualClock, originOf, TestLogKeys } from '../fixtures/log-keys.ts'
import { LogNotary } from '../log-notary.ts'
import {
  checkpointId,
  checkpointValue,
  logCollections,
  onlyId,
  tileId,
  tileValue,
  treeValue,
} from '../tree/log-state.ts'
import { LogReader } from './log-reader.ts'

const tenantId = 'acme'
const { tile, tree, checkpoint } = logCollections

/** Writes the documents of a log of that many leaves, without the leaves. */
async function writeTree(store: EventStore, size: number): Promise<void> {
  const merkle = new MerkleTree()
  const documents: { collection: string; id: string; value: JsonObject }[] = []
  for (let at = 0; at < size; at += 1) {
    merkle.append(leafNode(String(at)))
    for (const { level, index, bytes } of merkle.takeFull()) {
      const hashes = Buffer.from(bytes).toString('base64')
      documents.push({
        collection: tile,
        id: tileId(level, index),
        value: tileValue({ hashes, first: 0 }) as JsonObject,
      })
    }
  }
  const root = merkle.root()
  const note = signCheckpoint(
    { origin: originOf(tenantId), size, root },
    await new TestLogKeys().logKey(tenantId),
  )
  const signed = {
    size,
    text: noteText(note),
    at: 0,
    cosignatures: [],
    stamp: '',
    wantsStamp: false,
    tries: 0,
  }
  const edge = { ...merkle.frontier(), position: size, first: 0, last: '', stampedAt: 0 }
  documents.push(
    { collection: checkpoint, id: checkpointId(size), value: checkpointValue(signed) as JsonObject },
    {
      collection: tree,
      id: onlyId,
      value: treeValue({ ...edge, root: hashText(root, 'base64') }) as JsonObject,
    },
  )
  await store.commit({ scope: { tenantId }, documents: documents.map(one => ({ tenantId, ...one })) })
}

type Place = readonly [collection: string, id: string, member: string]
type Become = (value: string) => unknown

/** The store with a member of a document changed, or the document gone. */
function changed(store: EventStore, [collection, id, member]: Place, become: Become): EventStore {
  const change = <Found extends { readonly id: string; readonly value: JsonValue }>(
    found: Found,
  ): Found[] => {
    if (found.id !== id) return [found]
    const value = found.value as JsonObject
    const given = value[member]
    const next = typeof given === 'string' ? become(given) : (given as string[]).map(one => become(one))
    return next === undefined ? [] : [{ ...found, value: { ...value, [member]: next } as JsonObject }]
  }
  return {
    ...portOf(store),
    async document(...given) {
      const found = await store.document(...given)
      return found && given[1] === collection ? change({ ...found, id: given[2] })[0] : found
    },
    async documents(...given) {
      const found = await store.documents(...given)
      return given[1] === collection ? found.flatMap(change) : found
    },
  }
}

/** Another hash at the place, in base64 of as many bytes. */
const otherHash = (at: number) => (hashes: string) => {
  const bytes = Buffer.from(hashes, 'base64')
  if (bytes.length <= at * 32) return hashes
  bytes[at * 32] = (bytes[at * 32] ?? 0) ^ 1
  return bytes.toString('base64')
}

describe('tiles of a log of 66,000 leaves', () => {
  let store: EventStore
  const path = (level: number, index: number, width = 256) => tilePath({ level, index, width })

  beforeAll(async () => {
    store = createMemoryStore()
    await writeTree(store, 66_000)
  })

  it('are given where they fit one another up to the head', async () => {
    const reader = new LogReader(store)
    const places = [
      [0, 0],
      [0, 255],
      [0, 256],
      [0, 257, 208],
      [1, 0],
      [1, 1, 1],
      [2, 0, 1],
    ] as const
    for (const [level, index, width = 256] of places)
      expect(await reader.tile(tenantId, path(level, index, width))).toHaveLength(32 * width)
    expect(await reader.inclusion(tenantId, 5, 66_000)).toHaveLength(17)
    expect(await reader.tile(tenantId, path(0, 258))).toBeUndefined()
  })

  it.each([
    [
      'a tile of leaves has another hash',
      [tile, tileId(0, 3), 'hashes'],
      otherHash(7),
      [path(0, 3)],
      path(0, 4),
    ],
    ['a tile of leaves is gone', [tile, tileId(0, 3), 'hashes'], () => undefined, [path(0, 3)], path(0, 4)],
    [
      'a tile of leaves is no text',
      [tile, tileId(0, 3), 'hashes'],
      () => 7,
      [path(0, 3), path(0, 3, 5)],
      path(0, 4),
    ],
    [
      'a tile above has another hash',
      [tile, tileId(1, 0), 'hashes'],
      otherHash(7),
      [path(1, 0), path(1, 0, 8), path(0, 7), path(0, 3)],
      path(0, 256),
    ],
    [
      "the tree's edge has another hash",
      [tree, onlyId, 'rows'],
      otherHash(0),
      [path(0, 257, 208), path(1, 1, 1), path(2, 0, 1), path(0, 3)],
      path(0, 258),
    ],
    [
      'the checkpoint is of another root',
      [checkpoint, checkpointId(66_000), 'text'],
      text => text.replace('\n66000\n', '\n66000\nA').replace(/.=\n/, '=\n'),
      [path(0, 3), path(0, 257, 208)],
      path(0, 258),
    ],
    [
      'the checkpoint is gone',
      [checkpoint, checkpointId(66_000), 'text'],
      () => undefined,
      [path(0, 3), path(0, 257, 208)],
      path(0, 258),
    ],
  ] as [string, Place, Become, string[], string][])(
    'are not, where %s',
    async (_, place, become, damaged, others) => {
      const altered = changed(store, place, become)
      let now = store
      // One that has given them before, and one that has not.
      const known = new LogReader({ ...portOf(store), document: (...given) => now.document(...given) })
      await known.inclusion(tenantId, 3 * 256, 66_000)
      now = altered
      for (const reader of place[0] === checkpoint
        ? [new LogReader(altered)]
        : [known, new LogReader(altered)]) {
        for (const one of damaged)
          await expect(reader.tile(tenantId, one)).rejects.toMatchObject({ code: 'log_damaged' })
        await reader.tile(tenantId, others)
        // The proof would lead nowhere.
        await expect(reader.inclusion(tenantId, 3 * 256, 66_000)).rejects.toMatchObject({
          code: 'log_damaged',
        })
      }
    },
  )
})

describe('a log whose tree is damaged', () => {
  async function signedLog() {
    const store = createMemoryStore()
    const receipts = await appendEvents(store, tenantId, 300)
    const open = (on: EventStore = store) =>
      new LogNotary(on, new TestLogKeys(), { logName, clock: manualClock() })
    await open().checkpointNow(tenantId)
    return { store, open, receipts }
  }
  const damaged = { code: 'log_damaged' }

  it('gives no proof that nobody could verify, and says what is damaged', async () => {
    const { store, open, receipts } = await signedLog()
    const notary = open(changed(store, [tile, tileId(0, 0), 'hashes'], otherHash(9)))
    const [eventId = '', last = ''] = [receipts[8]?.eventId, receipts[299]?.eventId]
    const said = { ...damaged, message: 'tile/0/000 is not what was signed' }
    await expect(notary.eventProof(tenantId, eventId)).rejects.toMatchObject(said)
    await expect(notary.inclusion(tenantId, 8, 300)).rejects.toMatchObject(said)
    await expect(notary.consistency(tenantId, 100, 300)).rejects.toMatchObject(said)
    await expect(notary.tile(tenantId, 'tile/entries/000')).rejects.toMatchObject(said)
    // What does not take the tile is as it was.
    expect(await notary.eventProof(tenantId, last)).toContain('index 299\n')
  })

  it('gives no leaves but those that were signed', async () => {
    const { store, open } = await signedLog()
    const altered: EventStore = {
      ...portOf(store),
      async *readAll(...given) {
        for await (const event of store.readAll(...given))
          yield event.sequence === 9 ? { ...event, leaf: event.leaf.replace('"v":1', '"v":2') } : event
      },
    }
    await expect(open(altered).tile(tenantId, 'tile/entries/000')).rejects.toMatchObject({
      ...damaged,
      message: 'The entry 9 is not what was signed',
    })
    expect(await open(altered).tile(tenantId, 'tile/entries/001.p/44')).toBeDefined()
  })

  it('is not taken for one that was never signed, where its newest checkpoint is gone', async () => {
    const { store, open, receipts } = await signedLog()
    const lost = changed(store, [checkpoint, checkpointId(300), 'text'], () => undefined)
    await expect(open(lost).checkpoint(tenantId)).rejects.toMatchObject(damaged)
    await expect(open(lost).eventProof(tenantId, receipts[0]?.eventId ?? '')).rejects.toMatchObject(damaged)
    expect(await open(lost).checkpoint(tenantId, 300)).toBeUndefined()
    expect(await open(lost).status(tenantId)).toMatchObject({ size: 300, checkpoint: undefined })
  })

  it('has a checkpoint that is none: it is told, and the status has none', async () => {
    const { store, open, receipts } = await signedLog()
    const none = changed(store, [checkpoint, checkpointId(300), 'text'], () => 'x')
    await expect(open(none).eventProof(tenantId, receipts[0]?.eventId ?? '')).rejects.toMatchObject(damaged)
    expect(await open(none).status(tenantId)).toMatchObject({ size: 300, checkpoint: undefined })
    const other = changed(store, [checkpoint, checkpointId(300), 'text'], () => 7)
    await expect(open(other).checkpoints(tenantId, { limit: 5 })).rejects.toMatchObject(damaged)
  })
})
