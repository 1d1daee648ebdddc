import { describe, expect, it } from 'vitest'
import type { BundleOptions, Files } from '../fixtures/bundle.ts'
import { bundleOf, logKey, mapSource, policyOf, put, signFiles, textOf, witness } from '../fixtures/bundle.ts'
import type { Content } from '../fixtures/log-builder.ts'
import { keyText, seedOf } from '../fixtures/log-builder.ts'
import { sampleLog } from '../fixtures/sample-log.ts'
import { editContent, editLine, failuresOf } from '../fixtures/tampering.ts'
import type { SignerKey } from '../note/note-key.ts'
import { verifyBundle } from './verify-bundle.ts'

const next: SignerKey = { ...logKey, seed: seedOf(6) }
const outdated = policyOf({})
const current = `log ${keyText(next)}\nquorum none\n`

/** A log whose key was changed after content had been removed: entries 5 to 19 are gone, 30 is redacted, 21 to 27 are erased. */
const rotated = sampleLog(100)
rotated.record('key', { action: 'register', role: 'log', name: next.name, key: keyText(next) })
for (const n of Array(20).keys()) rotated.event({ n })

const parts = [
  ['redacted', { from: 30, to: 31 }],
  ['erased', { from: 21, to: 28 }],
  ['removed', { from: 5, to: 20 }],
  ['with records of its own', { from: 25, to: 110 }],
] as const
const bundle = (options: BundleOptions = {}): Files => bundleOf(rotated, { signer: next, ...options })
const unlisted = ['key_unlisted manifest.note', 'key_unlisted checkpoint']
const unsigned = ['signature_invalid manifest.note', 'signature_invalid checkpoint']
const notChecked = 'proof_invalid checkpoint'

describe('an honest log is not accused by a policy that is no judge of its head', () => {
  it('where all of it is there', async () => {
    expect(await failuresOf(bundle(), { policy: current })).toEqual([])
    expect(await failuresOf(bundle(), { policy: outdated })).toEqual(unlisted)
    expect(await failuresOf(bundle({ proofs: [21] }), { policy: outdated })).toEqual([
      ...unlisted,
      notChecked,
    ])
  })

  it.each(parts)('where a part is there, %s', async (_, range) => {
    const files = bundle(range)
    expect(await failuresOf(files, { policy: current })).toEqual([])
    expect(await failuresOf(files, { policy: outdated })).toEqual([...unlisted, notChecked])
    const foreign = `log ${keyText({ ...logKey, name: 'other.example.com' })}\nquorum none\n`
    expect(await failuresOf(files, { policy: foreign })).toEqual([...unlisted, notChecked])
    const signer = { ...logKey, seed: seedOf(7) }
    expect(await failuresOf(bundle({ ...range, signer }), { policy: outdated })).toEqual([
      ...unsigned,
      notChecked,
    ])
  })

  it.each(parts)('where the policy asks for witnesses that it never had, %s', async (_, range) => {
    const policy = policyOf({ witnesses: [witness(7)], quorum: 'all' })
    const files = bundle({ ...range, signer: logKey })
    expect(await failuresOf(files, { policy })).toEqual(['witnesses_missing checkpoint', notChecked])
  })

  it.each(parts)('where there is no policy, %s', async (_, range) => {
    const files = bundle(range)
    for (const policy of ['', textOf(files, 'checkpoint')])
      expect(await failuresOf(files, { policy })).toEqual(['policy_invalid policy', notChecked])
  })

  it('and says how much is not checked, once', async () => {
    const files = bundle({ from: 30, to: 31 })
    const count = textOf(files, 'records.ndjson').split('\n').length - 1
    const { failures } = await verifyBundle(mapSource(files), { policy: outdated })
    expect(failures.find(({ code }) => code === 'proof_invalid')?.message).toBe(
      `${count} proofs lead to it, and it is not signed as the policy asks: whether those entries are the log's is not checked`,
    )
  })
})

describe('what was tampered with is found all the same', () => {
  const range = { from: 21, to: 110 }
  const changed = (change: (files: Files) => unknown, options: BundleOptions = range): Files => {
    const files = bundle(options)
    change(files)
    return signFiles(files, {}, options.signer ?? next)
  }
  const expected = [...unlisted, notChecked]

  it('against a head that the policy is no judge of', async () => {
    const cases: [(files: Files) => unknown, string][] = [
      [files => editContent(files, 70, edited), 'body_altered 91'],
      [files => editContent(files, 2, claimed), 'erasure_unfounded 23'],
      [
        files => editLine(files, 'records.ndjson', 0, line => line.replace('approver-21', 'approver-29')),
        'body_altered 0',
      ],
    ]
    for (const [change, failure] of cases) {
      const found = await failuresOf(changed(change), { policy: outdated })
      expect(found).toEqual(expect.arrayContaining([...expected, failure]))
    }
  })

  it('a proof that does not lead to that head is none', async () => {
    const other = textOf(bundleOf(sampleLog(100), { from: 21, to: 22, signer: next }), '2.tlog-proof')
    const cases: ((text: string) => string)[] = [
      () => other,
      text => text.replace(/\n[A-Za-z0-9+/]{43}=\n/, '\n'),
      text => text.replace(/extra .*/, 'extra e30='),
    ]
    for (const change of cases) {
      const edit = (files: Files) => put(files, '2.tlog-proof', change(textOf(files, '2.tlog-proof')))
      expect(await failuresOf(changed(edit), { policy: outdated })).toEqual(
        expect.arrayContaining([...expected, 'proof_invalid 2.tlog-proof', 'proof_invalid records.ndjson']),
      )
    }
  })

  it('as strictly as ever where the policy has the key', async () => {
    // The head is signed, and a proof has one with the same text that nobody has signed.
    const stranger = textOf(bundle({ ...range, signer: { ...logKey, seed: seedOf(7) } }), '2.tlog-proof')
    const swap = (files: Files) => put(files, '2.tlog-proof', stranger)
    const swapped = await failuresOf(changed(swap), { policy: current })
    expect(swapped.slice(0, 2)).toEqual(['proof_invalid 2.tlog-proof', 'proof_invalid records.ndjson'])
    expect(swapped).not.toContain(notChecked)
    const asking = `${current.slice(0, -'quorum none\n'.length)}witness w ${keyText(witness(7))}\nquorum w\n`
    const found = await failuresOf(changed(swap), { policy: asking })
    expect(found).toEqual(
      expect.arrayContaining(['witnesses_missing checkpoint', notChecked, 'proof_invalid 2.tlog-proof']),
    )
    // A signature of the key that is wrong is forged, and not one of a key that is missing.
    const forge = (files: Files) => {
      for (const name of [...files.keys()].filter(one => one === 'checkpoint' || one.endsWith('.tlog-proof')))
        put(files, name, textOf(files, name).replace(/.{8}\n$/, 'AAAAAA==\n'))
    }
    const forged = await failuresOf(changed(forge), { policy: current })
    expect(forged).toEqual(
      expect.arrayContaining(['signature_invalid checkpoint', 'proof_invalid 2.tlog-proof']),
    )
    expect(forged).not.toContain(notChecked)
  })
})

const edited = (content: Content) => {
  content.body = String(content.body).replace('team', 'free')
}

const claimed = (content: Content) => {
  content.erasedBy = 62
}
