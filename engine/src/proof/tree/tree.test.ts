import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consistencyOf, leavesOf, pathOf, rootOf } from '../fixtures/naive-tree.ts'
import { merkleRoot } from '../merkle.ts'
import { proveConsistency, verifyConsistency } from './consistency.ts'
import { proveInclusion, rootOfInclusion, verifyInclusion } from './inclusion.ts'
import type { Tile } from './merkle-tree.ts'
import { MerkleTree } from './merkle-tree.ts'
import type { NodeHash } from './node.ts'
import { hashText, parseHash } from './node.ts'
import type { ReadNode } from './range.ts'
import { treeRoot } from './range.ts'
import { nodesFromTiles, parseTilePath, tilePath, tilesOf } from './tile.ts'

const all = leavesOf(600)
/** Sizes of which every proof is made: beyond the second tile, each of which has 256. */
const most = all.length

/** A tree as it is kept: the tiles that its growth has given, by path. */
function grow(leaves: readonly NodeHash[]): { readonly tree: MerkleTree; readonly read: ReadNode } {
  const tree = new MerkleTree()
  for (const leaf of leaves) tree.append(leaf)
  const tiles = new Map<string, Tile>()
  for (const tile of [...tree.takeFull(), ...tree.partial()]) tiles.set(tilePath(tile), tile)
  const read = nodesFromTiles(leaves.length, place => {
    const tile = tiles.get(tilePath(place))
    if (tile === undefined) throw new Error(`no ${tilePath(place)}`)
    return tile.bytes
  })
  return { tree, read: remembering(read) }
}

function remembering(read: ReadNode): ReadNode {
  const known = new Map<number, NodeHash>()
  return (level, index) => {
    const key = level * 2 ** 40 + index
    const node = known.get(key) ?? read(level, index)
    known.set(key, node)
    return node
  }
}

describe('a tree', () => {
  it('has the root of the plain recursion at every size', () => {
    const tree = new MerkleTree()
    expect(tree.root()).toBe(rootOf([]))
    for (const [at, leaf] of all.entries()) {
      tree.append(leaf)
      const kept = new MerkleTree(JSON.parse(JSON.stringify(tree.frontier())))
      expect([tree.size, tree.root(), kept.root()]).toEqual([
        at + 1,
        ...Array(2).fill(rootOf(all.slice(0, at + 1))),
      ])
    }
  })

  it.each([1, 2, 255, 256, 257, 300, 511, 512, 600, 700, 768, 1_000, 65_536, 70_000])(
    'of %i leaves has the tiles that its size asks for, and they lead to its root',
    size => {
      const leaves = leavesOf(size)
      const { tree, read } = grow(leaves)
      expect(treeRoot(read, size)).toBe(tree.root())
      const asText = leaves.map(leaf => hashText(leaf, 'base64url'))
      expect(hashText(tree.root(), 'base64url')).toBe(merkleRoot(asText))
    },
  )

  it('says which tiles are new since a size', () => {
    const paths = (size: number, before?: number) => [...tilesOf(size, before)].map(tilePath)
    expect(paths(0)).toEqual([])
    expect(paths(255)).toEqual(['tile/0/000.p/255'])
    expect(paths(257)).toEqual(['tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1'])
    expect(paths(700, 300)).toEqual(['tile/0/001', 'tile/0/002.p/188', 'tile/1/000.p/2'])
    expect(paths(310, 300)).toEqual(['tile/0/001.p/54'])
  })

  it('takes no frontier that is not of its size', () => {
    const tree = new MerkleTree()
    for (const leaf of all.slice(0, 300)) tree.append(leaf)
    const { size, rows } = tree.frontier()
    expect(() => new MerkleTree({ size: size + 1, rows })).toThrow(TypeError)
    expect(() => new MerkleTree({ size, rows: rows.slice(0, 1) })).toThrow(TypeError)
  })
})

describe('the path of a tile', () => {
  it('is read back, and is the only one', () => {
    const place = fc.record({
      level: fc.nat(5),
      index: fc.oneof(fc.nat(300), fc.nat(10 ** 9)),
      width: fc.integer({ min: 1, max: 256 }),
    })
    fc.assert(
      fc.property(place, one => {
        expect(parseTilePath(tilePath(one))).toEqual({ ...one, isEntries: false })
      }),
    )
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067')
    const wrong = [
      'tile/0/1',
      'tile/0/x000/001',
      'tile/0/000.p/256',
      'tile/0/000.p/0',
      'tile/0/000.p/01',
      'tile/00/000',
      'tile/0/../000',
      'tile/entries/000/',
    ]
    for (const path of wrong) expect([path, parseTilePath(path)]).toEqual([path, undefined])
  })
})

describe('proofs', () => {
  it(`are those of RFC 6962, at every size up to ${most} and for every leaf`, () => {
    const { read } = grow(all)
    // Nodes of perfect subtrees are the same in every tree that has them.
    for (let size = 1; size <= most; size += 1) {
      const root = treeRoot(read, size)
      for (let index = 0; index < size; index += 1) {
        const path = proveInclusion(read, index, size)
        const leaf = all[index] as NodeHash
        if (size <= 70) expect(path).toEqual(pathOf(index, all.slice(0, size)))
        if (!verifyInclusion({ leaf, index, size, root }, path)) throw new Error(`${index} of ${size}`)
      }
    }
  })

  it(`of consistency are those of RFC 6962, between all sizes up to ${most}`, () => {
    const { read } = grow(all)
    const heads = Array.from({ length: most + 1 }, (_, size) => ({ size, root: treeRoot(read, size) }))
    for (let newer = 1; newer <= most; newer += 1)
      for (let older = 0; older <= newer; older += 1) {
        const proof = proveConsistency(read, older, newer)
        if (newer <= 70) expect(proof).toEqual(consistencyOf(older, all.slice(0, newer)))
        if (!verifyConsistency(heads[older] as Head, heads[newer] as Head, proof))
          throw new Error(`${older} to ${newer}`)
      }
  })

  it('hold in trees of very many leaves', () => {
    const largest = 1_000_000
    const { read } = grow(leavesOf(largest))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: largest }), fc.nat(), fc.nat(), (size, one, other) => {
        // The right edge of a smaller tree is in wider tiles of the larger one.
        const smaller: ReadNode = read
        const index = one % size
        const leaf = smaller(0, index)
        const root = treeRoot(smaller, size)
        expect(verifyInclusion({ leaf, index, size, root }, proveInclusion(smaller, index, size))).toBe(true)
        const older = other % (size + 1)
        const proof = proveConsistency(smaller, older, size)
        const before = { size: older, root: treeRoot(smaller, older) }
        expect(verifyConsistency(before, { size, root }, proof)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  it('prove nothing else: another leaf, place, size, root or path', () => {
    const { read } = grow(all)
    const sizes = fc.integer({ min: 2, max: 600 })
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, seed, flip) => {
        const index = seed % size
        const root = treeRoot(read, size)
        const path = proveInclusion(read, index, size)
        const leaf = all[index] as NodeHash
        const claim = { leaf, index, size, root }
        expect(verifyInclusion({ ...claim, leaf: changed(leaf, flip) }, path)).toBe(false)
        expect(verifyInclusion({ ...claim, root: changed(root, flip) }, path)).toBe(false)
        expect(verifyInclusion({ ...claim, index: (index + 1) % size }, path)).toBe(false)
        expect(verifyInclusion({ ...claim, index: size }, path)).toBe(false)
        expect(verifyInclusion(claim, path.slice(1))).toBe(false)
        expect(verifyInclusion(claim, [...path, root])).toBe(false)
        const at = flip % path.length
        expect(verifyInclusion(claim, path.with(at, changed(path[at] as NodeHash, flip)))).toBe(false)
        expect(rootOfInclusion(leaf, index, 0, [])).toBe(undefined)
      }),
    )
  })

  it('of consistency prove no other history', () => {
    const { read } = grow(all)
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 600 }), fc.nat(), fc.nat(), (newer, seed, flip) => {
        const older = 1 + (seed % (newer - 1))
        const proof = proveConsistency(read, older, newer)
        const [before, after] = [older, newer].map(size => ({ size, root: treeRoot(read, size) })) as [
          Head,
          Head,
        ]
        expect(verifyConsistency(before, { ...after, root: changed(after.root, flip) }, proof)).toBe(false)
        expect(verifyConsistency({ ...before, root: changed(before.root, flip) }, after, proof)).toBe(false)
        expect(verifyConsistency(after, before, proof)).toBe(false)
        expect(verifyConsistency(before, after, [...proof, after.root])).toBe(false)
        expect(verifyConsistency(before, after, proof.slice(1))).toBe(false)
        const at = flip % proof.length
        expect(verifyConsistency(before, after, proof.with(at, changed(proof[at] as NodeHash, flip)))).toBe(
          false,
        )
      }),
    )
  })
})

interface Head {
  readonly size: number
  readonly root: NodeHash
}

/** With one bit flipped. */
function changed(node: NodeHash, flip: number): NodeHash {
  const bytes = Buffer.from(node, 'latin1')
  const at = flip % bytes.length
  bytes[at] = (bytes[at] as number) ^ (1 << (flip % 8))
  return bytes.toString('latin1')
}

describe('a hash as text', () => {
  it('is read in one way only', () => {
    const node = all[0] as NodeHash
    expect(parseHash(hashText(node, 'base64'), 'base64')).toBe(node)
    for (const text of ['', 'AAAA', `${hashText(node, 'base64')}=`, ` ${hashText(node, 'base64')}`])
      expect(() => parseHash(text, 'base64')).toThrow(TypeError)
  })
})
