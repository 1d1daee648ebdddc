import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from 'keelson'
import { commitBody, leafHash } from 'keelson/proof'
import { describe, expect, it } from 'vitest'
import { dataFolder } from './fixtures/data-folder.ts'

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

describe('keelson tenants', () => {
  it('makes one with its key, and lists all with their events', async () => {
    await using data = await dataFolder()
    const made = await data.run(['tenants', 'create', 'initech', '--name', 'Initech', '--key', '--json'])
    expect([made.code, JSON.parse(made.out)]).toEqual([
      0,
      expect.objectContaining({ id: 'initech', name: 'Initech', key: expect.stringMatching(/^kl_/) }),
    ])
    const [again, wrong, listed] = await Promise.all([
      data.run(['tenants', 'create', 'initech']),
      data.run(['tenants', 'create', 'Initech!']),
      data.run(['tenants', 'list', '--json']),
    ])
    expect([again.code, again.err]).toEqual([5, expect.stringContaining('[tenant_exists]')])
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('[request_invalid]')])
    expect(linesOf(listed.out).map(({ id, events }) => [id, events])).toEqual([
      ['initech', 0],
      ['acme', 5],
      ['globex', 1],
    ])
  })

  it('exports all that there is of one, in a form that proves itself', async () => {
    await using data = await dataFolder()
    await data.withStore(store =>
      store.commit({
        scope: { tenantId: 'acme' },
        bodies: [{ tenantId: 'acme', positions: [2], becomes: 'removed' }],
      }),
    )
    const { code, out } = await data.run(['tenants', 'export', 'acme', '--output', 'acme.ndjson'])
    const file = join(data.folder, 'acme.ndjson')
    expect([code, out]).toEqual([0, 'acme.ndjson: 6 events and documents of acme\n'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const [first, ...lines] = linesOf(readFileSync(file, 'utf8'))
    expect(first).toEqual({ format: 'keelson-export/1', kind: 'export', tenantId: 'acme' })
    const events = lines.filter(({ kind }) => kind === 'event')
    expect(events.map(({ position, bodyState }) => [position, bodyState])).toEqual([
      [1, 'present'],
      [2, 'removed'],
      [3, 'present'],
      [4, 'present'],
      [5, 'present'],
    ])
    for (const { leaf, leafHash: hash, blind, event } of events) {
      expect(leafHash(leaf)).toBe(hash)
      if (event === undefined) continue
      const commitment = commitBody(canonicalJson(event), Buffer.from(blind, 'base64url'))
      expect(JSON.parse(leaf).body).toBe(commitment)
    }
    expect(lines.slice(5)).toEqual([
      { kind: 'document', collection: 'note', id: 'one', revision: 1, due: 5, value: { text: 'Grüße' } },
      { kind: 'end', events: 5, documents: 1, headHash: events.at(-1).leafHash },
    ])
    const [printed, again, nobody] = await Promise.all([
      data.run(['tenants', 'export', 'acme', '--output', '-']),
      data.run(['tenants', 'export', 'acme', '--output', 'acme.ndjson']),
      data.run(['tenants', 'export', 'nobody', '--output', 'nobody.ndjson']),
    ])
    const [, ...later] = linesOf(printed.out)
    expect(later.filter(({ kind }) => kind === 'event')).toEqual(events)
    // The first one is a copy that no erasure reaches, and is remembered.
    expect(later[5]).toMatchObject({
      collection: 'bundle-export',
      value: { range: [0, 5], withPersonal: true, where: 'tenants export: acme.ndjson' },
    })
    expect([again.code, again.err]).toEqual([5, expect.stringContaining('[file_exists]')])
    expect([nobody.code, nobody.err]).toEqual([3, expect.stringContaining('[tenant_unknown]')])
  })

  it('deletes one for good, and leaves nothing of it in the file', async () => {
    await using data = await dataFolder()
    const secret = 'only-acme-has-this'
    await data.withStore(store =>
      store.commit({
        scope: { tenantId: 'acme' },
        documents: [{ tenantId: 'acme', collection: 'note', id: 'two', value: secret }],
      }),
    )
    const asked = await data.runProcess(['tenants', 'delete', 'acme'])
    expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('pass --yes')])
    const { code, out } = await data.run(['tenants', 'delete', 'acme', '--yes', '--compact', '--json'])
    expect([code, JSON.parse(out)]).toEqual([
      0,
      { id: 'acme', events: 5, isLogNoted: true, bytes: statSync(data.path).size },
    ])
    const bytes = readFileSync(data.path, 'latin1')
    expect([bytes.includes(secret), bytes.includes('"tenantId":"acme"')]).toEqual([false, false])
    const [checked, listed, again] = await Promise.all([
      data.run(['doctor']),
      data.run(['tenants', 'list', '--json']),
      data.run(['tenants', 'delete', 'acme', '--yes']),
    ])
    expect(checked.code).toBe(0)
    expect(linesOf(listed.out).map(({ id }) => id)).toEqual(['globex'])
    expect([again.code, again.err]).toEqual([3, expect.stringContaining('[tenant_unknown]')])
  })
})
