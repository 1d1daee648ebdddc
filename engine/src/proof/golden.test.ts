import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hideFields } from './disclosure/hide-fields.ts'
import {
  naiveBody,
  naiveCheckpoint,
  naiveCosignature,
  naiveDisclosure,
  naiveLeaves,
  naiveNodes,
  naiveProof,
  naiveTiles,
} from './fixtures/naive-log.ts'
import { commitBody, leafHash, leafText } from './leaf.ts'
import { signCheckpoint } from './note/checkpoint.ts'
import { cosign } from './note/cosignature.ts'
import type { SignerKey } from './note/note-key.ts'
import { verifierKeyOf, verifierKeyText } from './note/note-key.ts'
import { noteText, signatureLine } from './note/signed-note.ts'
import { tlogProofText } from './note/tlog-proof.ts'
import { proveInclusion } from './tree/inclusion.ts'
import type { Tile } from './tree/merkle-tree.ts'
import { MerkleTree } from './tree/merkle-tree.ts'
import { hashText, leafNode } from './tree/node.ts'
import { nodesFromTiles, tilePath } from './tree/tile.ts'

const folder = join(import.meta.dirname, 'fixtures/golden')

/**
 * What stands in the file is what another implementation writes, and what ours writes too. With UPDATE_GOLDEN=1 the
 * file is made anew, by the other implementation.
 */
function expectGolden(name: string, naive: unknown, own: unknown): void {
  const path = join(folder, `${name}.json`)
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, `${JSON.stringify(naive, null, 2)}\n`)
  const golden: unknown = JSON.parse(readFileSync(path, 'utf8'))
  expect(naive).toEqual(golden)
  expect(own).toEqual(golden)
}

const sizes = [1, 2, 255, 256, 257, 300, 511, 512, 600, 700, 768, 1_000, 65_536, 70_000]
const leaves = naiveLeaves(70_000)
const nodes = naiveNodes(leaves)
const seed = Buffer.alloc(32, 5)
const signer: SignerKey = { name: 'audit.example.com/t/acme/main', kind: 'author', seed }
const witness: SignerKey = { name: 'witness.example.org', kind: 'witness', seed: Buffer.alloc(32, 6) }

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')

/** One hash over all tiles by their paths. */
const tilesHash = (tiles: ReadonlyMap<string, Uint8Array>): string =>
  sha256(
    [...tiles]
      .map(([path, bytes]) => `${path} ${sha256(bytes)}\n`)
      .sort()
      .join(''),
  )

function ownTree(size: number) {
  const tree = new MerkleTree()
  for (const leaf of leaves.slice(0, size)) tree.append(leafNode(leaf))
  const tiles = new Map([...tree.takeFull(), ...tree.partial()].map(tile => [tilePath(tile), tile]))
  const read = nodesFromTiles(size, place => (tiles.get(tilePath(place)) as Tile).bytes)
  return { tree, read, tiles: new Map([...tiles].map(([path, { bytes }]) => [path, bytes])) }
}

describe('golden vectors', () => {
  it('of leaves, their hashes and the commitments to their bodies', () => {
    const picked = [0, 1, 99, 699]
    const naive = picked.map(n => ({
      leaf: leaves[n],
      hash: Buffer.from(nodes[n] as string, 'latin1').toString('hex'),
    }))
    const own = picked.map(n => {
      const { v: _, ...leaf } = JSON.parse(leaves[n] as string)
      const body = JSON.stringify({ n, name: `é€😀 ${n}` })
      const blind = createHash('sha256').update(`blind ${n}`).digest()
      const text = leafText({ ...leaf, body: commitBody(body, blind) })
      return { leaf: text, hash: Buffer.from(leafHash(text), 'base64url').toString('hex') }
    })
    expectGolden('leaves', naive, own)
    expect(naiveBody({}, Buffer.alloc(32))).toBe(commitBody('{}', Buffer.alloc(32)))
  })

  it('of disclosures and their place in a body', () => {
    const key = Buffer.alloc(32, 7)
    const mail = naiveDisclosure(key, 'evt-1', '/payload/mail', 'ada@example.com')
    const name = naiveDisclosure(key, 'evt-1', '/payload/name', { first: 'Ada', last: 'é€😀' })
    const naive = {
      body: {
        eventId: 'evt-1',
        payload: { _sd: [mail.digest, name.digest].sort(), kid: 'k-1', plan: 'team' },
      },
      disclosures: [mail.text, name.text],
    }
    const payload = { mail: 'ada@example.com', name: { first: 'Ada', last: 'é€😀' }, plan: 'team' }
    const fields = ['/payload/mail', '/payload/name'].map(pointer => ({ pointer, kid: 'k-1', key }))
    const { body, disclosures } = hideFields({ eventId: 'evt-1', payload }, fields, 'evt-1')
    expectGolden('disclosures', naive, { body, disclosures: disclosures.get('k-1') })
  })

  it('of checkpoints, cosignatures and proofs under fixed keys', () => {
    const some = [1, 257, 700]
    const naive = some.map(size => {
      const { head, key, note } = naiveCheckpoint(signer.name, nodes.slice(0, size), seed)
      const cosigned = naiveCosignature(witness.name, head, 1_790_000_000, Buffer.from(witness.seed))
      const at = size - 1
      const proof = naiveProof(leaves[at] as string, at, nodes.slice(0, size), note)
      return { key, note, witness: cosigned.key, cosignature: cosigned.line, proof }
    })
    const own = some.map(size => {
      const { tree, read } = ownTree(size)
      const checkpoint = signCheckpoint({ origin: signer.name, size, root: tree.root() }, signer)
      const at = size - 1
      const extra = Buffer.from(leaves[at] as string)
      return {
        key: verifierKeyText(verifierKeyOf(signer)),
        note: noteText(checkpoint),
        witness: verifierKeyText(verifierKeyOf(witness)),
        cosignature: signatureLine(cosign(checkpoint.text, 1_790_000_000, witness)),
        proof: tlogProofText({ extra, index: at, path: proveInclusion(read, at, size), checkpoint }),
      }
    })
    expectGolden('checkpoints', naive, own)
  })

  it('of tiles at the sizes where they are hard', () => {
    const naive = sizes.map(size => {
      const tiles = naiveTiles(nodes.slice(0, size))
      const { head } = naiveCheckpoint(signer.name, nodes.slice(0, size), seed)
      return { size, root: head.split('\n')[2], tiles: tiles.size, sha256: tilesHash(tiles) }
    })
    const own = sizes.map(size => {
      const { tree, tiles } = ownTree(size)
      return { size, root: hashText(tree.root(), 'base64'), tiles: tiles.size, sha256: tilesHash(tiles) }
    })
    expectGolden('tiles', naive, own)
    const [whole, part] = [naiveTiles(nodes.slice(0, 257)), ownTree(257).tiles]
    const inHex = (tiles: ReadonlyMap<string, Uint8Array>) =>
      Object.fromEntries([...tiles].map(([path, bytes]) => [path, Buffer.from(bytes).toString('hex')]))
    expectGolden('tiles-257', inHex(whole), inHex(part))
  })
})
