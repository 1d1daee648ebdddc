import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RootKeyFixture } from '../root-key-contract.ts'
import { rootKeyContract } from '../root-key-contract.ts'
import { createTextRootKey, openFileRootKey } from './file-root-key.ts'
import { addRootKey, dropOldRootKeys } from './key-file.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-key-'))
  path = join(folder, 'root.key')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const isPosix = process.platform !== 'win32'

describe('the promises of root keys, by a file', () => {
  for (const one of rootKeyContract) {
    const lacking = one.needs && !one.needs.isMet({} as RootKeyFixture)
    test.skipIf(lacking)(lacking ? `${one.name} (skipped: ${one.needs?.reason})` : one.name, async () => {
      await (await openFileRootKey({ path, create: true })).close()
      await one.run({
        open: () => openFileRootKey({ path, create: false }),
        openOther: () => openFileRootKey({ path: join(folder, 'other.key'), create: true }),
        rotate: () => addRootKey(path),
        lose: async () => rmSync(path),
        secrets: readFileSync(path, 'utf8').trim().split('\n'),
      })
    })
  }
})

describe('a key file', () => {
  test('is made for its owner only, whole and once, also by many at once', async () => {
    const path = join(folder, 'deep', 'er', 'root.key')
    const keys = await Promise.all(Array.from({ length: 8 }, () => openFileRootKey({ path, create: true })))
    const wrapped = await keys[0]!.wrap(randomBytes(32), 'acme')
    for (const key of keys) expect(await key.unwrap(wrapped, 'acme')).toHaveLength(32)
    if (isPosix) expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toMatch(/^[A-Za-z0-9+/]{43}=\n$/)
    expect(readdirSync(join(folder, 'deep', 'er'))).toEqual(['root.key'])
  })

  test('is not made where it is missing and must not be', async () => {
    await expect(openFileRootKey({ path, create: false })).rejects.toMatchObject({ code: 'key_ring_lost' })
    expect(existsSync(path)).toBe(false)
  })

  test.runIf(isPosix)('is refused where others can read it, unless that is allowed', async () => {
    await (await openFileRootKey({ path, create: true })).close()
    for (const mode of [0o644, 0o640, 0o604, 0o601]) {
      chmodSync(path, mode)
      await expect(openFileRootKey({ path, create: true })).rejects.toMatchObject({
        code: 'key_file_exposed',
      })
      await (await openFileRootKey({ path, create: false, isShared: true })).close()
    }
  })

  test('is refused where it is damaged, without showing what is in it', async () => {
    const good = randomBytes(32).toString('base64')
    const almost = randomBytes(31).toString('base64')
    const texts = [
      '',
      '\n# nothing\n',
      almost,
      good.slice(0, 43),
      `${good}\n${almost}`,
      `${good}\n${good}`,
      'x'.repeat(70_000),
    ]
    for (const text of texts) {
      writeFileSync(path, text, { mode: 0o600 })
      const error = await openFileRootKey({ path, create: true }).catch((caught: Error) => caught)
      expect(error).toMatchObject({ code: 'key_file_invalid' })
      for (const part of [good, almost]) expect((error as Error).message).not.toContain(part.slice(0, 20))
      expect(readFileSync(path, 'utf8')).toBe(text)
    }
    rmSync(path)
    await expect(openFileRootKey({ path: folder, create: true, isShared: true })).rejects.toMatchObject({
      code: 'key_file_invalid',
    })
  })

  test('takes comments and empty lines, and the same keys as a text', async () => {
    const [newer, older] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
    writeFileSync(path, `# of 2026\n${newer}\r\n\n${older} # of 2025\n`, { mode: 0o600 })
    const file = await openFileRootKey({ path, create: false })
    const text = createTextRootKey(`${newer},${older}`)
    const old = createTextRootKey(older)
    const secret = randomBytes(32)
    expect(Buffer.from(await text.unwrap(await file.wrap(secret, 'acme'), 'acme'))).toEqual(secret)
    const wrapped = await old.wrap(secret, 'acme')
    expect(Buffer.from(await file.unwrap(wrapped, 'acme'))).toEqual(secret)
    expect(await text.isCurrent(wrapped)).toBe(false)
    await expect(old.unwrap(await file.wrap(secret, 'acme'), 'acme')).rejects.toMatchObject({
      code: 'key_ring_wrong',
    })
    expect(() => createTextRootKey('')).toThrow(expect.objectContaining({ code: 'key_file_invalid' }))
  })

  test('gives up its old keys only when asked', async () => {
    const key = await openFileRootKey({ path, create: true })
    const old = await key.wrap(randomBytes(32), 'acme')
    await addRootKey(path)
    await addRootKey(path)
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(3)
    if (isPosix) expect(statSync(path).mode & 0o777).toBe(0o600)
    await dropOldRootKeys(path)
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(1)
    const after = await openFileRootKey({ path, create: false })
    await expect(after.unwrap(old, 'acme')).rejects.toMatchObject({ code: 'key_ring_wrong' })
    expect(readdirSync(folder)).toEqual(['root.key'])
  })
})
