import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSealed } from 'keelson/notary'
import { sampleEvent } from 'keelson/testing'
import { expect, it } from 'vitest'
import { openKeys } from '../../start/open-keys.ts'
import { dataFolder } from './fixtures/data-folder.ts'

it('keelson doctor opens sealed values, where it has the root key', async () => {
  await using data = await dataFolder()
  await data.withStore(async store => {
    const keys = await openKeys(store, { dataDir: join(data.folder, 'data') })
    const events = ['usr-1', 'usr-2'].map(user => sampleEvent('acme', { metadata: { user } }))
    await openSealed(store, keys).append('acme', [{ stream: 'sealed', expected: 'any', events }])
    await keys.close()
  })
  const sound = await data.run(['doctor'])
  expect([sound.code, sound.err]).toEqual([0, ''])
  const database = new DatabaseSync(data.path)
  const [row] = database.prepare("SELECT position, secrets FROM event WHERE secrets <> ''").all()
  const { position = 0, secrets = '' } = row ?? {}
  const text = String(secrets)
  const altered = `${text.slice(0, -30)}${text.at(-30) === 'A' ? 'B' : 'A'}${text.slice(-29)}`
  database.prepare('UPDATE event SET secrets = ? WHERE position = ?').run(altered, position)
  database.close()
  const { code, out } = await data.run(['doctor'])
  expect(code).toBe(1)
  expect(out).toContain('tenant acme: Entry 5: A sealed field of it cannot be opened with its key')
  expect(out).not.toContain('Entry 6')
  // Without the key nothing is opened, and the report says so.
  renameSync(join(data.folder, 'data', 'master.key'), join(data.folder, 'elsewhere.key'))
  const blind = await data.run(['doctor'])
  expect(blind.code).toBe(0)
  expect(blind.out).toMatch(/^Not looked at: Keys: /m)
})
