import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { blobContract } from '../../../testing/index.ts'
import { createFileBlobStore } from './file-blob-store.ts'

/** A folder that is gone at the end of its `using`. */
function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'keelson-blobs-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

describe('the blob store contract on a folder', () => {
  for (const one of blobContract) {
    it(one.name, async () => {
      using folder = temporaryFolder()
      await one.run(createFileBlobStore(join(folder.path, 'made', 'here')))
    })
  }
})

describe('a blob store in a folder', () => {
  it('keeps each blob in a file of its own that only its owner may read', async () => {
    using folder = temporaryFolder()
    await createFileBlobStore(folder.path).put('archive/acme/1.gz', Buffer.from('x'))
    const path = join(folder.path, 'archive', 'acme', '1.gz')
    expect(readFileSync(path, 'utf8')).toBe('x')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await createFileBlobStore(folder.path).get('archive/acme/1.gz')).toEqual(Buffer.from('x'))
  })

  it('leaves nothing unfinished behind, and clears away what a crash left', async () => {
    using folder = temporaryFolder()
    const unfinished = join(folder.path, '.unfinished')
    mkdirSync(unfinished)
    for (const name of ['old', 'new']) writeFileSync(join(unfinished, name), 'half')
    utimesSync(join(unfinished, 'old'), new Date(0), new Date(0))
    const store = createFileBlobStore(folder.path)
    await store.put('a', Buffer.from('x'))
    await expect(store.put('a', Buffer.from('y'))).rejects.toMatchObject({ code: 'blob_exists' })
    expect(readdirSync(unfinished)).toEqual(['new'])
    expect(await Array.fromAsync(store.list(''))).toEqual([{ name: 'a', size: 1 }])
  })

  it('writes also where what was left cannot be cleared away, which it tries again', async () => {
    using folder = temporaryFolder()
    const unfinished = join(folder.path, '.unfinished')
    const [stuck, left] = [join(unfinished, 'a-folder'), join(unfinished, 'old')]
    mkdirSync(stuck, { recursive: true })
    utimesSync(stuck, new Date(0), new Date(0))
    const store = createFileBlobStore(folder.path)
    for (const name of ['one', 'two']) await store.put(name, Buffer.from('x'))
    rmSync(stuck, { recursive: true })
    writeFileSync(left, 'half')
    utimesSync(left, new Date(0), new Date(0))
    await store.put('three', Buffer.from('x'))
    expect(readdirSync(unfinished)).toEqual([])
  })

  it('leaves nothing of a blob that is deleted, where a crash has left a part of it either', async () => {
    using folder = temporaryFolder()
    const unfinished = join(folder.path, '.unfinished')
    const child = join(import.meta.dirname, 'fixtures', 'unfinished-child.ts')
    for (const name of ['a/x', 'b'])
      expect(spawnSync(process.execPath, ['--no-warnings', child, folder.path, name]).signal).toBe('SIGKILL')
    expect(readdirSync(unfinished)).toHaveLength(2)
    const store = createFileBlobStore(folder.path)
    await store.delete('a/x')
    expect(readdirSync(unfinished)).toHaveLength(1)
    await store.delete('b')
    expect(readdirSync(unfinished)).toEqual([])
  })

  it('says which blob failed and why', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'file'), '')
    const store = createFileBlobStore(join(folder.path, 'file'))
    const failure = { code: 'blob_failed', message: expect.stringMatching(/^The blob "a" failed: E[A-Z]+$/) }
    await expect(store.put('a', Buffer.from('x'))).rejects.toMatchObject(failure)
  })
})
