import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { platformTenant } from 'keelson'
import type { NotaryAlarm } from 'keelson/notary'
import { createHeadFile, logVerifiers, openNotary } from 'keelson/notary'
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

/** What a server says that starts on it. */
async function startAlarms(data: DataFolder): Promise<readonly NotaryAlarm[]> {
  const alarms: NotaryAlarm[] = []
  await data.withStore(async store => {
    const keys = await openKeys(store, { dataDir: join(data.folder, 'data') })
    const heads = createHeadFile(join(data.folder, 'data', 'log-heads'))
    const notary = openNotary(store, keys, {
      logName: 'keelson',
      heads,
      record: async () => undefined,
      onAlarm: alarm => alarms.push(alarm),
    })
    notary.start()
    await notary.close()
    await keys.close()
  })
  return alarms
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
    expect(await startAlarms(data)).toHaveLength(2)
    const { code, out } = await data.run(['doctor'])
    expect(code).toBe(1)
    expect(out).toContain('tenant acme: The log was signed up to 5 leaves by a key that is gone')
    expect(out).toContain('tenant globex: The log was signed up to 1 leaves by a key that is gone')
  })

  it('one of which nobody noted that its tenant was deleted is none once that is accepted', async () => {
    await using data = await rememberedFolder()
    // As versions did that noted no deletions, and as products may.
    await data.withStore(async store => {
      for (const tenant of ['acme', 'globex']) await store.deleteTenant(tenant)
    })
    const found = await data.run(['doctor'])
    expect(found.code).toBe(1)
    expect(found.out).toMatch(/^ {4}What to do: Look .* run `keelson log accept-deletion`\.$/m)
    expect(found.out).not.toContain('Compare with a backup')
    const asked = await data.run(['log', 'accept-deletion', 'acme'])
    expect([asked.code, asked.out]).toEqual([
      2,
      expect.stringMatching(/^Log of key [0-9a-f]{8}: signed up to 5 leaves, root A{43}=\nThe tenant is not/),
    ])
    const accepted = await data.run(['log', 'accept-deletion', 'acme', '--yes'])
    expect([accepted.code, accepted.err]).toEqual([0, ''])
    expect(accepted.out).toMatch(/\nNoted that 1 log went with the tenant\.\n$/)
    const left = await data.run(['doctor'])
    expect(left.out).not.toContain('tenant acme')
    expect(left.out).toContain('tenant globex: The log was signed up to 1 leaves')
    const other = await data.run(['log', 'accept-deletion', 'globex', '--yes', '--json'])
    expect(JSON.parse(other.out)).toMatchObject({ tenant: 'globex', isThere: false, logs: [{ size: 1 }] })
    const again = await data.run(['log', 'accept-deletion', 'globex', '--yes'])
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('that is gone without a deletion')])
    expect(await startAlarms(data)).toEqual([])
  })

  it('a log that is there is not given up', async () => {
    await using data = await rememberedFolder()
    expect((await data.run(['log', 'accept-deletion', 'acme', '--yes'])).code).toBe(1)
    await data.withStore(async store => {
      const noted = await store.document(platformTenant, 'log-name', 'acme')
      expect(noted?.value).toEqual({ logs: 1 })
    })
  })

  it('one whose tenant was deleted with damaged keys is none, where the platform has its head', async () => {
    await using data = await rememberedFolder()
    await data.withStore(async store => {
      for (const tenantId of ['acme', 'globex'])
        await store.commit({
          scope: { tenantId },
          documents: [{ tenantId, collection: 'log-key', id: 'v1', value: { damaged: true } }],
        })
    })
    const acme = await data.run(['tenants', 'delete', 'acme', '--yes'])
    expect([acme.code, acme.out]).toEqual([0, expect.stringContaining('Deleted the tenant acme')])
    expect(acme.err).toContain('keelson log accept-deletion acme')
    const globex = await data.run(['tenants', 'delete', 'globex', '--yes', '--json'])
    expect([globex.code, globex.err, JSON.parse(globex.out)]).toMatchObject([0, '', { isLogNoted: true }])
    const { out } = await data.run(['doctor'])
    expect(out).toContain('tenant acme: The log was signed up to 5 leaves')
    expect(out).not.toContain('tenant globex')
    expect((await data.run(['log', 'accept-deletion', 'acme', '--yes'])).code).toBe(0)
    expect((await data.run(['doctor'])).out).toContain('Sound: every check passed.')
  })

  it('one whose tenant was deleted is none', async () => {
    await using data = await rememberedFolder()
    for (const tenant of ['acme', 'globex'])
      expect((await data.run(['tenants', 'delete', tenant, '--yes'])).err).toBe('')
    const { code, out } = await data.run(['doctor'])
    expect([code, out]).toEqual([0, expect.stringContaining('Sound: every check passed.')])
  })
})
