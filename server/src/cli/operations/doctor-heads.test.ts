import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { platformTenant } from 'keelson'
import { logVerifiers, openNotary } from 'keelson/notary'
import { parseVerifierKey } from 'keelson/proof'
import { describe, expect, it } from 'vitest'
import { openKeys } from '../../start/open-keys.ts'
import type { DataFolder } from './fixtures/data-folder.ts'
import { dataFolder } from './fixtures/data-folder.ts'

const root = `${'A'.repeat(43)}=`

/** A store of signed logs, of which one head is remembered by the file and another by the platform's list. */
async function rememberedFolder(): Promise<DataFolder> {
  const data = await dataFolder()
  await data.withStore(async store => {
    const keys = await openKeys(store, { dataDir: join(data.folder, 'data') })
    const notary = openNotary(store, keys, { logName: 'keelson' })
    const ids = new Map<string, string>()
    for (const tenant of ['acme', 'globex']) {
      await notary.checkpointNow(tenant)
      ids.set(tenant, parseVerifierKey((await logVerifiers(store, tenant)).at(-1) ?? '').id)
    }
    await notary.close()
    await keys.close()
    writeFileSync(join(data.folder, 'data', 'log-heads'), `acme+${ids.get('acme')} 5 ${root}\n`)
    const value = { globex: [1, root, ids.get('globex') ?? ''] }
    const document = { tenantId: platformTenant, collection: 'log-heads', id: '00', value }
    await store.commit({ scope: { tenantId: platformTenant }, documents: [document] })
  })
  return data
}

describe('keelson doctor looks for logs that are remembered:', () => {
  it('one of which keys, tree and checkpoints are gone is a fault, also without a tenant', async () => {
    await using data = await rememberedFolder()
    const sound = await data.run(['doctor'])
    expect(sound.out).not.toContain('by a key that is gone')
    await data.withStore(async store => {
      for (const tenantId of ['acme', 'globex'])
        for (const collection of await store.collections(tenantId))
          for (const { id } of await store.documents({ tenantId }, collection, { limit: 1_000 }))
            await store.commit({ scope: { tenantId }, documents: [{ tenantId, collection, id }] })
      await store.deleteTenant('globex')
    })
    const { code, out } = await data.run(['doctor'])
    expect(code).toBe(1)
    expect(out).toContain('tenant acme: The log was signed up to 5 leaves by a key that is gone')
    expect(out).toContain('tenant globex: The log was signed up to 1 leaves by a key that is gone')
  })

  it('one whose tenant was deleted is none', async () => {
    await using data = await rememberedFolder()
    for (const tenant of ['acme', 'globex'])
      expect((await data.run(['tenants', 'delete', tenant, '--yes'])).err).toBe('')
    const { code, out } = await data.run(['doctor'])
    expect([code, out]).toEqual([0, expect.stringContaining('Sound: every check passed.')])
  })
})
