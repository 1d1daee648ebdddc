import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleOf, textOf } from './fixtures/bundle.ts'
import { sampleLog } from './fixtures/sample-log.ts'
import { signCheckpoint } from './note/checkpoint.ts'
import type { SignerKey } from './note/note-key.ts'
import { verifierKeyOf, verifierKeyText } from './note/note-key.ts'
import { noteText } from './note/signed-note.ts'
import { proveConsistency } from './tree/consistency.ts'
import { proveInclusion } from './tree/inclusion.ts'
import type { Tile } from './tree/merkle-tree.ts'
import { MerkleTree } from './tree/merkle-tree.ts'
import { hashText, leafNode } from './tree/node.ts'
import { treeRoot } from './tree/range.ts'
import { nodesFromTiles, tilePath } from './tree/tile.ts'

/** Where Debian's golang-golang-x-mod-dev puts its sources. */
const sources = '/usr/share/gocode/src/golang.org/x/mod'
const hasGo = existsSync(sources) && spawnSync('go', ['version']).status === 0
const signer: SignerKey = { name: 'audit.example.com/t/acme/main', kind: 'author', seed: Buffer.alloc(32, 5) }

const text = (node: string) => hashText(node, 'base64')

/** Everything of a log of so many leaves that another program can look at. */
function logOf(size: number) {
  const leaves = Array.from({ length: size }, (_, at) => `{"id":"evt-${at}","n":${at}}`)
  const tree = new MerkleTree()
  for (const leaf of leaves) tree.append(leafNode(leaf))
  const tiles = new Map<string, Tile>()
  for (const tile of [...tree.takeFull(), ...tree.partial()]) tiles.set(tilePath(tile), tile)
  const read = nodesFromTiles(size, place => (tiles.get(tilePath(place)) as Tile).bytes)
  const places = [0, 1, 254, 255, 256, 257, Math.floor(size / 2), size - 2, size - 1].filter(
    at => at >= 0 && at < size,
  )
  const older = [1, 2, 255, 256, 257, Math.floor(size / 2), size - 1, size].filter(at => at > 0 && at <= size)
  return {
    key: verifierKeyText(verifierKeyOf(signer)),
    checkpoint: noteText(signCheckpoint({ origin: signer.name, size, root: tree.root() }, signer)),
    leaves,
    inclusions: places.map(index => ({ index, path: proveInclusion(read, index, size).map(text) })),
    consistences: older.map(at => ({
      size: at,
      root: text(treeRoot(read, at)),
      path: proveConsistency(read, at, size).map(text),
    })),
    tiles: Object.fromEntries(
      [...tiles].map(([path, { bytes }]) => [path, Buffer.from(bytes).toString('base64')]),
    ),
  }
}

describe.skipIf(!hasGo)(
  'what Go makes of our logs (skipped without golang-go and golang-golang-x-mod-dev)',
  () => {
    let folder = ''
    let program = ''

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'keelson-go-'))
      program = join(folder, 'check')
      cpSync(join(import.meta.dirname, 'fixtures/go/check.go'), join(folder, 'check.go'))
      const mod = `module check\n\ngo 1.19\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ${sources}\n`
      writeFileSync(join(folder, 'go.mod'), mod)
      const env = { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOCACHE: join(folder, 'cache') }
      execFileSync('go', ['build', '-o', program, '.'], { cwd: folder, env, stdio: 'pipe' })
    }, 120_000)

    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    const check = (log: object) =>
      spawnSync(program, { input: JSON.stringify(log), encoding: 'utf8', maxBuffer: 2 ** 28 }).stdout.trim()

    it.each([1, 2, 255, 256, 257, 300, 511, 512, 600, 700, 768, 1_000, 65_536, 70_000])(
      'opens the checkpoint, the proofs and the tiles of %i leaves',
      size => {
        expect(check(logOf(size))).toBe('ok')
      },
    )

    it.each([300, 700])('opens a bundle of %i entries as it lies in its folder', size => {
      const files = bundleOf(sampleLog(size), { proofs: [0, 61, size - 1] })
      const place = join(folder, `bundle-${size}`)
      const write = (name: string, bytes: Uint8Array) => {
        mkdirSync(dirname(join(place, name)), { recursive: true })
        writeFileSync(join(place, name), bytes)
      }
      for (const [name, bytes] of files) write(name, bytes)
      const open = () => spawnSync(program, [place], { encoding: 'utf8' }).stdout.trim()
      expect(open()).toBe('ok')
      write('leaves.ndjson', Buffer.from(textOf(files, 'leaves.ndjson').replace('"evt-70"', '"evt-71"')))
      expect(open()).toContain('root of')
    })

    it('finds out what was changed', () => {
      const log = logOf(300)
      const [first] = log.inclusions
      const [path = '', tile = ''] = Object.entries(log.tiles)[0] ?? []
      const tampered = [
        { ...log, checkpoint: log.checkpoint.replace('\n300\n', '\n301\n') },
        { ...log, leaves: log.leaves.with(7, '{}') },
        { ...log, leaves: log.leaves.slice(1) },
        { ...log, inclusions: [{ index: 3, path: first?.path ?? [] }] },
        { ...log, consistences: log.consistences.map(one => ({ ...one, size: one.size - 1 })) },
        { ...log, tiles: { ...log.tiles, [path]: `BBBB${tile.slice(4)}` } },
      ]
      const words = tampered.map(one => check(one).split(/[ :]/)[0])
      expect(words).toEqual(['note', 'root', 'root', 'inclusion', 'consistency', 'tile'])
    })
  },
)
