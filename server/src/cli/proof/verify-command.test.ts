import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  commitBody,
  leafHash,
  leafNode,
  leafText,
  MerkleTree,
  noteText,
  signCheckpoint,
  signNote,
  tilePath,
  verifierKeyOf,
  verifierKeyText,
  zeroHash,
} from 'keelson/proof'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runHere } from '../fixtures/command-here.ts'

const signer = {
  name: 'audit.example.com/t/acme/main',
  kind: 'author',
  seed: new Uint8Array(32).fill(5),
} as const
const other = { ...signer, seed: new Uint8Array(32).fill(6) }
const policyOf = (key: typeof signer | typeof other) =>
  `log ${verifierKeyText(verifierKeyOf(key))}\nquorum none\n`

const root = mkdtempSync(join(tmpdir(), 'keelson-verify-'))
const folder = join(root, 'bundle')
const put = (name: string, content: string | Uint8Array) => {
  mkdirSync(dirname(join(root, name)), { recursive: true })
  writeFileSync(join(root, name), content)
}
const run = (words: string) => runHere(words.split(' '), { folder: root })
const tar = (...args: string[]) => execFileSync('tar', args, { cwd: root })

/** The checkpoint of the first entries of a log whose entries say which fork they are of. */
function writeBundle(size: number, fork = 'main'): Map<string, string | Uint8Array> {
  const tree = new MerkleTree()
  const [leaves, bodies] = [[] as string[], [] as string[]]
  for (let n = 0; n < size; n += 1) {
    const body = JSON.stringify({ eventId: `evt-${n}`, payload: fork })
    const blind = Buffer.alloc(32, n)
    const prev = n === 0 ? zeroHash : leafHash(leaves[n - 1] as string)
    const commitment = commitBody(body, blind)
    leaves.push(
      leafText({ body: commitment, id: `evt-${n}`, kind: 'event', n, prev, t: '2026-01-01T00:00:00.000Z' }),
    )
    bodies.push(JSON.stringify({ n, blind: blind.toString('base64url'), body }))
    tree.append(leafNode(leaves[n] as string))
  }
  const checkpoint = signCheckpoint({ origin: signer.name, size, root: tree.root() }, signer)
  const files = new Map<string, string | Uint8Array>([
    ['checkpoint', noteText(checkpoint)],
    ['policy', policyOf(signer)],
    ['leaves.ndjson', leaves.map(line => `${line}\n`).join('')],
    ['bodies.ndjson', bodies.map(line => `${line}\n`).join('')],
  ])
  for (const tile of [...tree.takeFull(), ...tree.partial()]) files.set(tilePath(tile), tile.bytes)
  const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content)
  const hashes = [...files].map(([name, content]) => [name, sha256(content).digest('hex')])
  const manifest = JSON.stringify({
    format: 'keelson-bundle/1',
    origin: signer.name,
    size,
    from: 0,
    to: size,
    personal: 'shown',
    files: Object.fromEntries(hashes),
  })
  const text = `${signer.name}\nkeelson/v1 manifest\n${sha256(manifest).digest('base64')}\n`
  return files.set('manifest.json', manifest).set('manifest.note', noteText(signNote(text, [signer])))
}

beforeAll(() => {
  for (const [name, content] of writeBundle(300)) put(`bundle/${name}`, content)
  put('kept', writeBundle(200).get('checkpoint') as string)
  put('forked', writeBundle(200, 'fork').get('checkpoint') as string)
  put('policy', policyOf(signer))
  put('other', policyOf(other))
  tar('-cf', 'inner.tar', '-C', 'bundle', '.')
  tar('-cf', 'outer.tar', 'bundle')
  tar('--format=ustar', '-cf', 'ustar.tar', 'bundle')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('keelson verify', () => {
  it.each(['bundle', 'inner.tar', 'outer.tar', 'ustar.tar'])('verifies %s', async place => {
    const { code, out, err } = await run(`verify ${place}`)
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('verified: audit.example.com/t/acme/main, all entries, 300\n')
    expect(out).toContain('300 leaves, 300 bodies')
    expect(out).toContain("with the bundle's own keys")
  })

  it('with keys and a checkpoint that are known from elsewhere', async () => {
    const { code, out } = await run('verify bundle --policy policy --against kept')
    expect(code).toBe(0)
    expect(out).toContain('goes on from the checkpoint of 200 entries')
    expect(out).not.toContain('own keys')
    const forked = await run('verify inner.tar --against forked --json')
    expect(forked).toMatchObject({ code: 1, err: 'keelson: The bundle does not verify\n' })
    expect(JSON.parse(forked.out)).toMatchObject({ isVerified: false, failures: [{ code: 'fork' }] })
    const foreign = await run('verify bundle --policy other')
    expect(foreign.code).toBe(1)
    expect(foreign.out).toContain('signature_invalid    checkpoint: No key')
  })

  it('says what is wrong, and where', async () => {
    tar('-xf', 'inner.tar', '--one-top-level=changed')
    const leaves = readFileSync(join(root, 'changed/leaves.ndjson'), 'utf8')
    put('changed/leaves.ndjson', leaves.replace('"id":"evt-7"', '"id":"evt-8"'))
    const { code, out } = await run('verify changed')
    expect(code).toBe(1)
    expect(out).toMatch(/^not verified: .*, 4 failures\n/)
    expect(out).toContain('  leaf_edited          entry 7: ')
    const { failures } = JSON.parse((await run('verify changed --json')).out)
    expect(failures.map(({ code }: { code: string }) => code)).toEqual([
      'file_altered',
      'chain_broken',
      'root_mismatch',
      'leaf_edited',
    ])
    symlinkSync(join(folder, 'policy'), join(root, 'changed/link'))
    expect((await run('verify changed')).out).toContain('link is no regular file')
  })

  it('has a verdict on what is no bundle', async () => {
    put('text', 'hello')
    put('short.tar', readFileSync(join(root, 'inner.tar')).subarray(0, 5_000))
    truncateSync(join(root, 'short.tar'), 4_900)
    mkdirSync(join(root, 'empty'))
    for (const [place, told] of [
      ['text', 'no archive'],
      ['short.tar', 'The archive ends within'],
      ['empty', 'bundle_incomplete    checkpoint'],
    ] as const) {
      const { code, out } = await run(`verify ${place}`)
      expect([place, code]).toEqual([place, 1])
      expect(out).toContain(told)
    }
  })

  it('tells a wrong use', async () => {
    put('event.tlog-proof', 'c2sp.org/tlog-proof@v1\nindex 0\n\n')
    for (const [words, told] of [
      ['verify', 'Name a bundle'],
      ['verify bundle --live', 'Name a bundle'],
      ['verify nowhere', 'There is no bundle at nowhere'],
      ['verify event.tlog-proof', 'the proof of one event, not a bundle'],
      ['verify bundle --against nowhere', 'There is no file nowhere'],
      ['verify bundle --policy bundle', 'There is no file bundle'],
      ['verify bundle --policy kept', 'kept is no policy: Line 1 of the policy'],
      ['verify bundle --against policy', 'policy is no checkpoint: The note has no signatures'],
      ['verify bundle --against bundle/manifest.note', 'manifest.note is no checkpoint'],
    ] as const) {
      const { code, out, err } = await run(words)
      expect([words, code, out]).toEqual([words, 2, ''])
      expect(err).toContain(told)
    }
  })
})
