import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CatalogDocument } from 'keelson'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { startTestServer } from '../../start/fixtures/test-server.ts'
import { runHere } from '../fixtures/command-here.ts'

let test: TestServer
let folder: string
beforeAll(async () => {
  test = await startTestServer()
  folder = mkdtempSync(join(tmpdir(), 'keelson-live-'))
  await register({ parcelId: { type: 'string' }, weight: { type: 'number', maximum: 100 } })
  await register({ parcelId: { type: 'string' }, weight: { type: 'number', maximum: 50 } })
})
afterAll(async () => {
  await test.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Without a promise to its readers, so that a later version may break them. */
async function register(properties: object) {
  const event = { topic: 'parcels', summary: 'A parcel was scanned.', producer: 'Depot' }
  const body = { schema: { type: 'object', properties }, compatibility: 'none', event }
  const made = await test.call('/v1/schemas/ParcelScanned', { key: test.keys.acme.admin, body })
  expect([200, 201]).toContain(made.status)
}

const live = (...words: string[]) => {
  const environment = { KEELSON_URL: test.url, KEELSON_API_KEY: test.keys.acme.reader }
  return runHere([...words, '--live'], { folder, environment })
}
const json = <Value>(text: string) => JSON.parse(text) as Value

describe('a catalogue that is asked for live', () => {
  it('is the one of the server', async () => {
    const [list, show, exported] = await Promise.all([
      live('catalog', 'list', '--json'),
      live('catalog', 'show', 'UserInvited', '--version', '1.0'),
      live('catalog', 'export', '--format', 'json'),
    ])
    const { text } = await test.call('/v1/catalog', { key: test.keys.acme.reader })
    const listed = list.out.trim().split('\n')
    expect(listed.map(line => json(line))).toEqual(json<CatalogDocument>(text).events)
    expect(json(show.out)).toMatchObject({ title: 'UserInvited' })
    expect(json(exported.out)).toEqual(json(text))
  })

  it('needs a key', async () => {
    const ended = await runHere(['catalog', 'list', '--live'], { folder })
    expect([ended.code, ended.err]).toEqual([4, expect.stringContaining('KEELSON_API_KEY')])
  })

  it("has the tenant's own types, which are hinted at where it is not asked", async () => {
    const [own, offline, unknown] = await Promise.all([
      live('catalog', 'show', 'ParcelScanned'),
      runHere(['catalog', 'show', 'ParcelScanned'], { folder }),
      live('catalog', 'show', 'Nothing-Like-It'),
    ])
    expect(own.out).toMatch(/^context +Own types$/m)
    expect(own.out).not.toMatch(/^Examples?$/m)
    expect([offline.code, offline.err]).toEqual([3, expect.stringContaining('--live')])
    expect([unknown.code, unknown.err]).toEqual([3, expect.not.stringContaining('--live')])
  })

  it("lists the tenant's own types by the name that they stand under", async () => {
    const [own, offline] = await Promise.all([
      live('catalog', 'list', '--context', 'Own types'),
      runHere(['catalog', 'list', '--context', 'Own types'], { folder }),
    ])
    expect([own.code, own.err, own.out]).toEqual([0, '', expect.stringMatching(/^ParcelScanned .*\n$/)])
    expect([offline.code, offline.err]).toEqual([
      2,
      expect.stringMatching(/no context "Own types"[\s\S]*--live/),
    ])
  })

  it('words a change of an own type the same in every form, and calls it breaking', async () => {
    const [diff, pages] = await Promise.all([
      live('catalog', 'diff', 'ParcelScanned'),
      live('catalog', 'export', '--format', 'markdown', '--output', 'pages'),
    ])
    expect([diff.code, pages.code]).toEqual([1, 0])
    const [, change = ''] = /^ {2}breaks {2}(.+)$/m.exec(diff.out) ?? []
    expect(change).toContain('/weight')
    expect(diff.out).toMatch(
      /^ {2}for example \{.*\}, written with 1\.0, which 1\.1 refuses:\n {4}\/weight \S/m,
    )
    const page = readFileSync(join(folder, 'pages/events/ParcelScanned.md'), 'utf8')
    expect(page).toContain(`### 1.1 (incompatible with 1.0)\n\n- **Breaking:** ${change}\n`)
    expect(readFileSync(join(folder, 'pages/contexts/own-types.md'), 'utf8')).toMatch(/^# Own types\n/)
  })
})
