import { tmpdir } from 'node:os'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyBundle } from '../../proof/index.ts'
import { createMemoryStore } from '../../store/memory/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { createHandClock } from '../removal/fixtures/setting.ts'
import type { EventfulLog } from './fixtures/eventful-log.ts'
import { openEventfulLog } from './fixtures/eventful-log.ts'
import { filesSource } from './fixtures/files-source.ts'
import { MemorySink } from './fixtures/memory-sink.ts'
import { createTarSink } from './tar-sink.ts'
import { unpackBundle } from './unpack-bundle.ts'
import { writeBundle } from './write-bundle.ts'

let log: EventfulLog
beforeAll(async () => {
  const clock = createHandClock()
  log = await openEventfulLog(createMemoryStore(clock), 3_000, clock)
})
afterAll(() => log.close())

describe('a bundle of an eventful log', () => {
  it('is verified, with everything that is absent explained', async () => {
    const { source, summary } = await log.export({ proofs: ['evt-0', 'evt-2999'] })
    expect(summary.unexplained).toBe(0)
    const verdict = await verifyBundle(source)
    expect(verdict.failures).toEqual([])
    expect(verdict).toMatchObject({
      isVerified: true,
      log: { size: summary.size, from: 0, to: summary.size, personal: 'shown', continues: [1_500] },
      // The hold has kept seven of the first hundred.
      counts: { leaves: summary.size, redacted: 1, removed: 93, hidden: 0, proofs: 2 },
    })
    expect(verdict.counts.erased).toBeGreaterThan(300)
    expect(verdict.counts.disclosures).toBeGreaterThan(2_000)
  })

  it('is verified without its personal fields, and in ranges', async () => {
    for (const more of [
      { withPersonal: false },
      { from: 0, to: 100 },
      { from: 1_400, to: 1_600 },
      { from: 2_999, to: 3_000 },
      { from: 500, to: 500 },
      { from: 2_000, to: 2_600, withPersonal: false },
    ]) {
      const { source } = await log.export(more)
      const { isVerified, failures } = await verifyBundle(source)
      expect([more, isVerified, failures]).toEqual([more, true, []])
    }
  })

  it('is not verified where something of it was changed', async () => {
    const { files } = await log.export()
    const text = (name: string) => files.get(name)?.toString() ?? ''
    const edits: readonly (readonly [string, string])[] = [
      ['leaves.ndjson', text('leaves.ndjson').replace('"evt-200"', '"evt-2OO"')],
      ['bodies.ndjson', text('bodies.ndjson').replace('OrderPlaced', 'OrderPlacec')],
      ['bodies.ndjson', text('bodies.ndjson').replace(/"disclosures":\["W/, '"disclosures":["X')],
      ['bodies.ndjson', text('bodies.ndjson').replace(/,"disclosures":\[[^\]]+\]/, '')],
      ['checkpoint', text('checkpoint').replace('test.example', 'best.example')],
      ['manifest.json', text('manifest.json').replace('shown', 'hidden')],
    ]
    for (const [name, changed] of edits) {
      expect(changed).not.toBe(text(name))
      const verdict = await verifyBundle(filesSource(new Map([...files, [name, Buffer.from(changed)]])))
      expect([name, verdict.isVerified]).toEqual([name, false])
    }
  })

  it('arrives as it was written, and is refused where it does not', async () => {
    const out = new PassThrough()
    const tar = buffer(out)
    const written = new MemorySink()
    await writeBundle({ ...log.options, sink: createTarSink(out, { folder: tmpdir() }) })
    out.end()
    const whole = await tar
    const names: string[] = []
    const bundle = await unpackBundle(Readable.from([whole]), written, {
      onProgress: (_, name) => names.push(name),
    })
    expect(bundle).toMatchObject({ from: 0, files: written.files.size })
    expect(names).toContain('leaves.ndjson')
    expect((await verifyBundle(filesSource(written.files))).isVerified).toBe(true)
    const damaged = Buffer.from(whole)
    damaged[whole.indexOf('evt-1000')] = 0x58
    for (const bytes of [whole.subarray(0, whole.length / 2), damaged])
      await expect(unpackBundle(Readable.from([bytes]), new MemorySink())).rejects.toMatchObject({
        code: 'bundle_damaged',
      })
  })
})

it('of a log in SQLite is verified too', async () => {
  await using folder = temporaryFolder()
  const other = await openEventfulLog(await folder.open({ durability: 'relaxed' }), 600)
  for (const more of [{}, { from: 255, to: 300 }, { withPersonal: false }]) {
    const { isVerified, failures } = await verifyBundle((await other.export(more)).source)
    expect([more, isVerified, failures]).toEqual([more, true, []])
  }
  await other.close()
})
