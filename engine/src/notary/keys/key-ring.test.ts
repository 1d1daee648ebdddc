import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { OpenStore } from '../../store/facet/fixtures/suite.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { hasKeys } from './check-keys.ts'
import { keyRingSuite } from './fixtures/key-ring-suite.ts'
import { createTestRoot } from './fixtures/test-root.ts'
import { openKeyRing } from './key-ring.ts'

const folders: AsyncDisposable[] = []
afterAll(() => Promise.all(folders.map(folder => folder[Symbol.asyncDispose]())))

const openSqlite: OpenStore = () => {
  const folder = temporaryFolder()
  folders.push(folder)
  return folder.open({ durability: 'relaxed' })
}

const stores: readonly (readonly [string, OpenStore])[] = [
  ['memory', async () => createMemoryStore()],
  ['SQLite', openSqlite],
]

describe.each(stores)('on the %s store', (_, open) => keyRingSuite(open))

test('keys of more subjects than are made in one unit come all, in their order', async () => {
  const ring = await openKeyRing(createMemoryStore(), createTestRoot().open(), {
    logName: 'log',
    cacheSize: 7,
  })
  const wanted = Array.from({ length: 450 }, (_, at) => ({ subject: `usr-${at}`, month: '2026-11' }))
  const [all, part] = await Promise.all([
    ring.dataKeys('acme', wanted),
    ring.dataKeys('acme', wanted.slice(5, 9)),
  ])
  expect(new Set(all.map(({ kid }) => kid)).size).toBe(450)
  expect(all.slice(5, 9)).toEqual(part)
  for (const at of [0, 200, 449]) expect(await ring.kidsOf('acme', `usr-${at}`)).toEqual([all[at]?.kid])
  const found = await ring.keysOf(
    'acme',
    all.map(({ kid }) => kid),
  )
  for (const { kid, key } of all) expect(Buffer.from(found.get(kid) ?? [])).toEqual(Buffer.from(key))
})

test('no raw key, and no subject, is in the file of the store', async () => {
  await using folder = temporaryFolder()
  const store = await folder.open({ durability: 'relaxed' })
  const root = createTestRoot()
  expect(await hasKeys(store)).toBe(false)
  const ring = await openKeyRing(store, root.open(), { logName: 'audit.example.com' })
  const wanted = ['ann@example.com', 'bob@example.com'].map(subject => ({ subject, month: '2026-11' }))
  const keys = await ring.dataKeys('acme', wanted)
  const seeds = [await ring.logKey('acme')]
  await ring.rotateTenantKey('acme')
  await ring.rotateLogKey('acme')
  seeds.push(await ring.logKey('acme'))
  expect(await hasKeys(store)).toBe(true)
  await ring.close()
  const files = () =>
    Buffer.concat(
      readdirSync(dirname(folder.path)).map(name => readFileSync(join(dirname(folder.path), name))),
    )
  // With what is still in the log of the database, and without.
  for (const bytes of [files(), await store.close().then(files)]) {
    expect(bytes.includes(keys[0]!.kid)).toBe(true)
    for (const secret of [...keys.map(({ key }) => key), ...seeds.map(({ seed }) => seed)]) {
      const raw = Buffer.from(secret)
      for (const form of [raw, ...(['hex', 'base64', 'base64url'] as const).map(name => raw.toString(name))])
        expect(bytes.includes(form)).toBe(false)
    }
    for (const { subject } of wanted) expect(bytes.includes(subject)).toBe(false)
    expect(bytes.includes(root.text)).toBe(false)
  }
})
