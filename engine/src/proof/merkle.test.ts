import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMerkleRoot, merkleRoot } from './merkle.ts'

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest()
}

/** The recursion of RFC 6962 §2.1, word by word. */
function naive(leafHashes: readonly Buffer[]): Buffer {
  if (leafHashes.length === 0) return sha256()
  if (leafHashes.length === 1) return leafHashes[0] as Buffer
  let split = 1
  while (split * 2 < leafHashes.length) split *= 2
  return sha256(Buffer.of(1), naive(leafHashes.slice(0, split)), naive(leafHashes.slice(split)))
}

/** The inputs that Certificate Transparency's own tests use. */
const inputs = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const leaves = inputs.map(hex => sha256(Buffer.of(0), Buffer.from(hex, 'hex')).toString('base64url'))

describe('a Merkle root', () => {
  it('is the one that Certificate Transparency publishes', () => {
    const tree = createMerkleRoot()
    expect(Buffer.from(tree.root(), 'base64url').toString('hex')).toBe(sha256().toString('hex'))
    const found = leaves.map(leaf => {
      tree.add(leaf)
      return Buffer.from(tree.root(), 'base64url').toString('hex')
    })
    expect(found).toEqual(roots)
    expect(tree.size).toBe(8)
  })

  it('is that of the plain recursion, for any leaves', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 70 }), hashes => {
        const root = merkleRoot(hashes.map(bytes => bytes.toString('base64url')))
        expect(root).toBe(naive(hashes).toString('base64url'))
      }),
    )
  })

  it('changes with each leaf and with their order', () => {
    const root = merkleRoot(leaves)
    const other = 'A'.repeat(43)
    for (const at of leaves.keys()) expect(merkleRoot(leaves.with(at, other))).not.toBe(root)
    expect(merkleRoot(leaves.toReversed())).not.toBe(root)
    expect(merkleRoot(leaves.slice(1))).not.toBe(root)
  })

  it('takes a million leaves in bounded memory', () => {
    const tree = createMerkleRoot()
    const before = process.memoryUsage().heapUsed
    for (let at = 0; at < 1_000_000; at += 1) tree.add(leaves[at % 8] as string)
    expect(tree.size).toBe(1_000_000)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024)
    expect(tree.root()).toHaveLength(43)
  })

  it('refuses what is no hash', () => {
    expect(() => createMerkleRoot().add('abc')).toThrow(TypeError)
  })
})
