import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { EventStore, JsonObject } from 'keelson'
import { logVerifiers, openNotary, openSealed } from 'keelson/notary'
import { parseVerifierKey } from 'keelson/proof'
import { sampleEvent } from 'keelson/testing'
import { describe, expect, it } from 'vitest'
import { openKeys } from '../../start/open-keys.ts'
import type { DataFolder } from './fixtures/data-folder.ts'
import { dataFolder } from './fixtures/data-folder.ts'

/** A store whose logs are signed twice: 300 and 301 leaves of acme, one of globex. */
async function signedFolder(): Promise<DataFolder> {
  const data = await dataFolder()
  await data.withStore(async store => {
    const keys = await openKeys(store, { dataDir: join(data.folder, 'data') })
    const notary = openNotary(store, keys, { logName: 'keelson' })
    const append = (count: number) =>
      store.append('acme', [
        { stream: 'more', expected: 'any', events: Array.from({ length: count }, () => sampleEvent('acme')) },
      ])
    await append(295)
    for (const tenant of ['acme', 'globex']) await notary.checkpointNow(tenant)
    await append(1)
    await notary.checkpointNow('acme')
    await notary.close()
    await keys.close()
  })
  return data
}

type Change = (value: JsonObject, id: string) => JsonObject | undefined

/** Changes, or deletes, documents of acme's log. */
async function tamper(store: EventStore, collection: string, change: Change): Promise<void> {
  for (const { id, value } of await store.documents({ tenantId: 'acme' }, collection, { limit: 100 })) {
    const next = change(value as JsonObject, id)
    const document = { tenantId: 'acme', collection, id, ...(next === undefined ? {} : { value: next }) }
    await store.commit({ scope: { tenantId: 'acme' }, documents: [document] })
  }
}

describe('keelson doctor looks at keys and signed logs:', () => {
  it('what it found of each stands in the report', async () => {
    await using data = await signedFolder()
    const text = await data.run(['doctor'])
    expect(text.err).toBe('')
    expect(text.out).toMatch(/^Keys +all that there are of 2 tenants open$/m)
    expect(text.out).toMatch(/^Signed +2 logs: 302 leaves, 1 full tile, 3 checkpoints$/m)
    expect(text.out).toContain('Sound: every check passed.')
    const { code, out } = await data.run(['doctor', '--json'])
    const logs = { keys: 2, signed: 2, leaves: 302, tiles: 1, checkpoints: 3, faults: [], unseen: [] }
    expect([code, JSON.parse(out)]).toMatchObject([0, { isSound: true, logs }])
  })

  const zeros = Buffer.alloc(256 * 32).toString('base64')
  it.each<[string, string, Change, string]>([
    [
      'a tile',
      'log-tile',
      value => ({ ...value, hashes: zeros }),
      'tile/0/000 is not what the leaves come to',
    ],
    ['no tile', 'log-tile', () => undefined, 'tile/0/000 is gone'],
    [
      'a tree',
      'log-tree',
      value => ({ ...value, root: `${'A'.repeat(43)}=` }),
      'The newest checkpoint is of another tree than is kept, of 301 leaves',
    ],
    ['no tree', 'log-tree', () => undefined, 'There are checkpoints, and the tree that they are of is gone'],
    [
      'another signature',
      'log-checkpoint',
      value => ({ ...value, text: String(value['text']).replace(/ [^ ]+\n$/, ` ${'A'.repeat(91)}=\n`) }),
      'The newest checkpoint is not signed by a key of the log',
    ],
    [
      'no oldest checkpoint',
      'log-checkpoint',
      value => (value['size'] === 300 ? undefined : value),
      'The checkpoint of 300 leaves is gone',
    ],
    ['a key', 'log-key', value => ({ ...value, wrapped: 'v1:AAAA' }), '[key_ring_'],
  ])('%s that is not as it was signed is a fault', async (_, collection, change, problem) => {
    await using data = await signedFolder()
    await data.withStore(store => tamper(store, collection, change))
    const { code, out, err } = await data.run(['doctor'])
    expect([code, out]).toEqual([1, expect.stringContaining(`tenant acme: `)])
    expect(out).toContain(problem)
    expect(out).not.toContain('Sound')
    expect(err).toMatch(/^keelson: The store has \d+ faults?\n$/)
  })

  it('a data key that was deleted, and no erasure says so, is a fault', async () => {
    await using data = await signedFolder()
    await data.withStore(async store => {
      const keys = await openKeys(store, { dataDir: join(data.folder, 'data') })
      const events = [sampleEvent('acme', { metadata: { user: 'usr-1' } })]
      await openSealed(store, keys).append('acme', [{ stream: 'sealed', expected: 'any', events }])
      await keys.close()
    })
    expect((await data.run(['doctor'])).code).toBe(0)
    // A subject that does not lead to its key: an erasure would find nothing, and say that it is done.
    const passedOver = 'tenant acme: 1 keys of tenant "acme" are not found by their subject'
    const links = new Map<string, JsonObject>()
    await data.withStore(store =>
      tamper(
        store,
        'subject-key',
        (value, id) => links.set(id, value) && { kid: 'k-AAAAAAAAAAAAAAAAAAAAAA' },
      ),
    )
    const misled = await data.run(['doctor'])
    expect([misled.code, misled.out]).toEqual([1, expect.stringContaining(passedOver)])
    await data.withStore(store => tamper(store, 'subject-key', (_, id) => links.get(id)))
    await data.withStore(store => tamper(store, 'data-key', () => undefined))
    const { code, out } = await data.run(['doctor'])
    expect([code, out]).toEqual([1, expect.stringContaining('tenant acme: Entry 301: Fields of it cannot')])
  })

  it.each([
    [400, 'The log was signed up to 400 leaves'],
    [300, 'Its first 300 leaves are others than were signed'],
  ])(
    'a log that was signed otherwise, as is remembered beside the keys, is a fault',
    async (size, problem) => {
      await using data = await signedFolder()
      await data.withStore(async store => {
        const first = (await logVerifiers(store, 'acme')).at(-1) ?? ''
        const line = `acme+${parseVerifierKey(first).id} ${size} ${'A'.repeat(43)}=\nnonsense\n`
        writeFileSync(join(data.folder, 'data', 'log-heads'), line)
      })
      const { code, out } = await data.run(['doctor'])
      expect([code, out]).toEqual([1, expect.stringContaining(`tenant acme: ${problem}`)])
      expect(out).toMatch(/^Not looked at: Remembered heads: 1 line of .*log-heads cannot be understood$/m)
      const accepted = await data.run(['log', 'accept-heads'])
      const text = /^1 line of .*log-heads put aside, in .*log-heads\.damaged\n$/
      expect([accepted.code, accepted.out]).toEqual([0, expect.stringMatching(text)])
      const file = join(data.folder, 'data', 'log-heads')
      expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^acme\\S+ ${size} \\S+\\n$`))
      expect(readFileSync(`${file}.damaged`, 'utf8')).toMatch(/^# .*\nnonsense\n$/)
      expect(JSON.parse((await data.run(['log', 'accept-heads', '--json'])).out)).toMatchObject({ lines: 0 })
    },
  )

  it('of a log whose keys cannot be read it says so, and looks at the others', async () => {
    await using data = await signedFolder()
    renameSync(join(data.folder, 'data', 'master.key'), join(data.folder, 'elsewhere.key'))
    await data.withStore(store => tamper(store, 'log-key', () => ({})))
    const { code, out } = await data.run(['doctor'])
    expect([code, out]).toEqual([1, expect.stringContaining('tenant acme: The keys of tenant "acme" cannot')])
    expect(out).toMatch(/^Signed +1 log: 1 leaves/m)
  })

  it('of a log of which something is no JSON it says so, and looks at the others', async () => {
    await using data = await signedFolder()
    const database = new DatabaseSync(join(data.folder, 'data', 'keelson.db'))
    const sql = "UPDATE document SET value = '{' WHERE tenant = 'acme' AND collection = 'log-tree'"
    expect(database.prepare(sql).run().changes).toBe(1)
    database.close()
    const { code, out } = await data.run(['doctor'])
    expect([code, out]).toEqual([1, expect.stringMatching(/^document-damaged \(1\): /m)])
    expect(out).toContain('tenant acme: the document "main" of log-tree is no JSON')
    expect(out).toContain('tenant acme: Something that is kept of it cannot be read')
    expect(out).toMatch(/^Signed +1 log: 1 leaves/m)
  })

  it('without the key that opens the others it says so, and looks at the logs', async () => {
    await using data = await signedFolder()
    renameSync(join(data.folder, 'data', 'master.key'), join(data.folder, 'elsewhere.key'))
    const { code, out } = await data.run(['doctor'])
    expect(code).toBe(0)
    expect(out).toMatch(/^Not looked at: Keys: There is no key file .* \[key_ring_lost\]$/m)
    expect(out).toMatch(/^Signed +2 logs/m)
    expect(out).toMatch(/^Sound: every check that was made passed; not looked at: keys\.\n$/m)
    const given = await data.run(['doctor', '--keys', join(data.folder, 'elsewhere.key')])
    expect(given.out).toMatch(/^Keys +all/m)
    expect(given.out).toContain('Sound: every check passed.')
  })
})
