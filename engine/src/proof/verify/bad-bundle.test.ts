import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../core/index.ts'
import type { Files } from '../fixtures/bundle.ts'
import { bundleOf, headOf, mapSource, policyOf, put, signFiles, textOf, witness } from '../fixtures/bundle.ts'
import { approver, LogBuilder } from '../fixtures/log-builder.ts'
import { sampleLog } from '../fixtures/sample-log.ts'
import { altered, failuresOf } from '../fixtures/tampering.ts'
import { noteText } from '../note/signed-note.ts'
import { verifyBundle } from './verify-bundle.ts'

describe('what is no good bundle', () => {
  it('names every file that is missing', async () => {
    const needed = [
      'checkpoint',
      'policy',
      'leaves.ndjson',
      'bodies.ndjson',
      'manifest.json',
      'manifest.note',
    ]
    expect((await failuresOf(new Map())).toSorted()).toEqual(
      needed
        .filter(name => name !== 'manifest.note')
        .map(name => `bundle_incomplete ${name}`)
        .toSorted(),
    )
    for (const name of needed) {
      const files = bundleOf(sampleLog(70))
      files.delete(name)
      expect(await failuresOf(files)).toContain(`bundle_incomplete ${name}`)
    }
    const other = new Map([['README.md', Buffer.from('hello')]])
    expect(await failuresOf(other)).toContain('bundle_incomplete checkpoint')
  })

  it('tells files that were altered, added or taken away', async () => {
    const files = bundleOf(sampleLog(70))
    put(files, 'VERIFY.md', 'something else')
    expect(await failuresOf(files)).toEqual(['file_altered VERIFY.md'])
    expect(await failuresOf(put(bundleOf(sampleLog(70)), 'virus.exe', ''))).toEqual([
      'file_unlisted virus.exe',
    ])
    expect(await altered(one => put(one, 'virus.exe', ''))).toEqual(['file_unlisted virus.exe'])
    const less = bundleOf(sampleLog(70))
    less.delete('VERIFY.md')
    expect(await failuresOf(less)).toEqual(['bundle_incomplete VERIFY.md'])
  })

  it('tells lines that are too long, cut short, or none', async () => {
    const set = (name: string, change: (text: string) => string) => (files: Files) =>
      put(files, name, change(textOf(files, name)))
    const cases: [(files: Files) => unknown, string][] = [
      [set('leaves.ndjson', text => `${'x'.repeat(70_000)}\n${text}`), 'line_too_long 0'],
      [
        set('bodies.ndjson', text => `${text}{"n":300,"body":"${'x'.repeat(2 ** 21)}"}\n`),
        'line_too_long bodies.ndjson',
      ],
      [set('leaves.ndjson', text => text.slice(0, -1)), 'line_malformed 299'],
      [set('leaves.ndjson', text => text.slice(0, 10_000)), 'line_malformed'],
      [set('bodies.ndjson', text => text.slice(0, 10_000)), 'line_malformed bodies.ndjson'],
      [set('leaves.ndjson', () => ''), 'entry_missing 0'],
      [set('leaves.ndjson', text => text.replace('\n', '\n\n')), 'leaf_malformed 1'],
      [set('leaves.ndjson', text => text.replaceAll('"v":1}', '"v":2}')), 'version_unknown 0'],
      [set('leaves.ndjson', text => text.replace('"kind":"event"', '"kind":"future"')), 'version_unknown'],
      [set('leaves.ndjson', text => text.replace('{"body"', '{ "body"')), 'leaf_malformed 0'],
      [
        set('bodies.ndjson', text => text.replace('{"n":0,', '{"more":1,"n":0,')),
        'line_malformed bodies.ndjson',
      ],
      [set('bodies.ndjson', text => text.replace('{"n":0,', '{"n":0,"more":1,')), 'line_malformed 0'],
      [set('bodies.ndjson', text => text.replace(/"blind":"[^"]*",/, '')), 'line_malformed 0'],
      [files => files.set('leaves.ndjson', Buffer.from([0xff, 0xfe, 10])), 'line_malformed 0'],
    ]
    for (const [change, expected] of cases)
      expect(
        (await altered(change)).some(one => one.startsWith(expected)),
        expected,
      ).toBe(true)
  })

  it('tells what is wrong with manifest, policy and notes', async () => {
    const set = (name: string, text: string) => (files: Files) => put(files, name, text)
    expect(await failuresOf(signFiles(bundleOf(sampleLog(70)), { format: 'keelson-bundle/2' }))).toContain(
      'version_unknown manifest.json',
    )
    for (const more of [{ from: -1 }, { to: 'x' }, { personal: 'maybe' }, { origin: 7 }, { from: 80 }])
      expect(await failuresOf(signFiles(bundleOf(sampleLog(70)), more))).toContain(
        'manifest_malformed manifest.json',
      )
    expect(await failuresOf(set('manifest.json', '{')(bundleOf(sampleLog(70))))).toContain(
      'manifest_malformed manifest.json',
    )
    expect(await altered(set('policy', 'quorum none\n'))).toContain('policy_invalid policy')
    expect(await altered(set('policy', ''))).toContain('policy_invalid policy')
    expect(await altered(set('checkpoint', 'hello'))).toContain('file_unreadable checkpoint')
    const other = approver(3)
    expect(await failuresOf(bundleOf(sampleLog(70), { signer: { ...other, name: 'x' } }))).toContain(
      'signature_invalid checkpoint',
    )
    expect(await failuresOf(signFiles(bundleOf(sampleLog(70)), {}, other))).toEqual([
      'signature_invalid manifest.note',
    ])
    const witnesses = [witness(7), witness(8)]
    const policy = policyOf({ witnesses, quorum: 'all' })
    expect(await failuresOf(bundleOf(sampleLog(70)), { policy })).toEqual(['witnesses_missing checkpoint'])
    const kept = noteText(headOf(sampleLog(20).leaves, { signer: { ...other, name: 'other.example.com' } }))
    expect(await failuresOf(bundleOf(sampleLog(70)), { against: kept })).toContain(
      'origin_mismatch the kept checkpoint',
    )
  })

  it('tells proofs that do not hold', async () => {
    const options = { proofs: [61, 80] }
    const proof = (change: (text: string) => string) => (files: Files) =>
      put(files, '61.tlog-proof', change(textOf(files, '61.tlog-proof')))
    const changes = [
      (text: string) => text.replace('index 61', 'index 60'),
      (text: string) => text.replace('tlog-proof@v1', 'tlog-proof@v2'),
      (text: string) => text.replace(/\n[A-Za-z0-9+/]{43}=\n/, '\n'),
      (text: string) => text.replace(/extra .*/, 'extra e30='),
      (text: string) => text.slice(0, 300),
    ]
    for (const change of changes)
      expect(await altered(proof(change), options)).toEqual(['proof_invalid 61.tlog-proof'])
    const without = proof(text => text.replace(/extra .*\n/, ''))
    expect(await altered(without, options)).toEqual([])
    const outside = (files: Files) => files.delete('62.tlog-proof')
    expect(await altered(outside, { from: 100, to: 200 })).toContain('proof_invalid records.ndjson')
  })

  it('is a verdict too where it cannot be read', async () => {
    const source = {
      ...mapSource(bundleOf(sampleLog(70))),
      async *read(): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(1)
        throw new Error('disk on fire')
      },
    }
    const { isVerified, failures } = await verifyBundle(source)
    expect(isVerified).toBe(false)
    expect(failures.at(-1)).toMatchObject({ code: 'file_unreadable', message: 'disk on fire' })
  })
})

describe('any byte', () => {
  it('that is changed is found', async () => {
    const files = bundleOf(sampleLog(70), { before: 20, proofs: [8], witnesses: [witness(7)] })
    const names = [...files.keys()]
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (pick, place, change) => {
        const name = names[pick % names.length] as string
        const bytes = Uint8Array.from(files.get(name) as Uint8Array)
        bytes[place % bytes.length] = (bytes[place % bytes.length] as number) ^ change
        const verdict = await verifyBundle(mapSource(new Map(files).set(name, bytes)))
        if (verdict.isVerified) throw new Error(`${name} at ${place % bytes.length}`)
      }),
      { numRuns: 100 },
    )
  })

  it('of content is found without the manifest too', async () => {
    const files = bundleOf(sampleLog(70), { before: 20 })
    const names = ['checkpoint', 'checkpoint.prev', 'leaves.ndjson', 'bodies.ndjson', 'tile/0/000.p/70']
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names.filter(name => files.has(name))),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (name, place, change) => {
          const bytes = Uint8Array.from(files.get(name) as Uint8Array)
          bytes[place % bytes.length] = (bytes[place % bytes.length] as number) ^ change
          const verdict = await verifyBundle(mapSource(signFiles(new Map(files).set(name, bytes))))
          if (verdict.isVerified) throw new Error(`${name} at ${place % bytes.length}`)
        },
      ),
      { numRuns: 100 },
    )
  })
})

it('anything in the place of a file has a verdict', async () => {
  const files = bundleOf(sampleLog(70), { from: 10, to: 65, before: 20 })
  const names = [...files.keys()].filter(name => name !== 'VERIFY.md')
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 500 }),
    fc.string({ unit: 'binary', maxLength: 200 }).map(text => Buffer.from(text)),
    fc.json({ maxDepth: 3 }).map(text => Buffer.from(`${text}\n`)),
    fc.constantFrom(...files.values()),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), anything, fc.boolean(), async (name, bytes, sign) => {
      const isSigned = sign && !name.startsWith('manifest')
      const changed = new Map(files).set(name, bytes)
      const verdict = await verifyBundle(mapSource(isSigned ? signFiles(changed) : changed, 100))
      const isSame = Buffer.compare(bytes, files.get(name) as Uint8Array) === 0
      // Any signed head is one that the log may go on from.
      if (verdict.isVerified && !isSame && name !== 'checkpoint.prev') throw new Error(name)
    }),
    { numRuns: 150 },
  )
})

it('no more than a thousand failures are kept, and all are counted', async () => {
  const log = new LogBuilder()
  for (const n of Array(1_200).keys()) log.event({ n })
  for (const content of log.contents) content.blind = Buffer.alloc(32).toString('base64url')
  const verdict = await verifyBundle(mapSource(bundleOf(log)))
  expect([verdict.failures.length, verdict.failureCount]).toEqual([1_000, 1_200])
  expect(canonicalJson(verdict.failures[0])).toContain('body_altered')
})
