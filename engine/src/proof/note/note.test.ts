import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leavesOf, pathOf, rootOf } from '../fixtures/naive-tree.ts'
import type { NodeHash } from '../tree/node.ts'
import { checkpointText, parseCheckpoint, signCheckpoint } from './checkpoint.ts'
import { cosign, cosignedAt } from './cosignature.ts'
import type { SignerKey } from './note-key.ts'
import { parseVerifierKey, verifierKeyOf, verifierKeyText } from './note-key.ts'
import { hasQuorum, parsePolicy, policyText, witnessesOf } from './policy.ts'
import { isSignedBy, noteText, parseNote, signNote } from './signed-note.ts'
import { parseTlogProof, tlogProofText, verifyTlogProof } from './tlog-proof.ts'

const seed = (fill: number) => new Uint8Array(32).fill(fill)
const log: SignerKey = { name: 'audit.example.com/t/acme/main', kind: 'author', seed: seed(1) }
const witness = (fill: number): SignerKey => ({ name: `witness-${fill}`, kind: 'witness', seed: seed(fill) })

/** The example of Go's package golang.org/x/mod/sumdb/note. */
const published = {
  key: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  note: `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`,
}

describe('a signed note', () => {
  it('opens one that others have published, and finds out a changed one', () => {
    const key = parseVerifierKey(published.key)
    expect(verifierKeyText(key)).toBe(published.key)
    const note = parseNote(published.note)
    expect(isSignedBy(note, key)).toBe(true)
    expect(noteText(note)).toBe(published.note)
    expect(isSignedBy({ ...note, text: note.text.replace('answer', 'cause') }, key)).toBe(false)
  })

  it('is not signed by another key, nor by one of the same name', () => {
    const note = signNote('hello\n', [log])
    const own = verifierKeyOf(log)
    expect(isSignedBy(note, own)).toBe(true)
    expect(isSignedBy(note, verifierKeyOf({ ...log, seed: seed(2) }))).toBe(false)
    expect(isSignedBy(note, verifierKeyOf({ ...log, kind: 'witness' }))).toBe(false)
    // Bytes of another key under the id of this one.
    const forged = signNote('hello\n', [{ ...log, seed: seed(2) }]).signatures.map(one => ({
      ...one,
      keyId: own.id,
    }))
    expect(isSignedBy({ ...note, signatures: forged }, own)).toBe(false)
    expect(isSignedBy({ ...note, signatures: [...note.signatures, ...forged] }, own)).toBe(false)
  })

  it('tells what is none', () => {
    const { note } = published
    const wrong = [
      '',
      'text without signatures\n',
      note.slice(0, -1),
      note.replace('—', '-'),
      note.replace('PeterNeumann ', 'Peter Neumann '),
      note.replace('AM=', 'AM'),
      note.replace('If', 'I\u0000f'),
      `${note}\n`,
    ]
    for (const text of wrong) expect(() => parseNote(text), JSON.stringify(text)).toThrow(TypeError)
    const texts = fc.string({ unit: 'binary', maxLength: 200 })
    fc.assert(
      fc.property(texts, text => {
        try {
          parseNote(text)
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
        }
      }),
    )
  })

  it.each([
    '',
    'name',
    `${published.key}x`,
    published.key.replace('c74f20a3', 'c74f20a4'),
    published.key.replace('+ARp', '+BRp'),
  ])('takes %j for no key', text => {
    expect(() => parseVerifierKey(text)).toThrow(TypeError)
  })
})

const leaves = leavesOf(300)
const head = { origin: log.name, size: 300, root: rootOf(leaves) }

describe('a checkpoint', () => {
  it('is three lines, and read back', () => {
    const text = checkpointText(head)
    expect(text).toMatch(/^audit\.example\.com\/t\/acme\/main\n300\n[A-Za-z0-9+/]{43}=\n$/)
    expect(parseCheckpoint(text)).toEqual(head)
    expect(isSignedBy(signCheckpoint(head, log), verifierKeyOf(log))).toBe(true)
  })

  it('refuses another form of the same', () => {
    const text = checkpointText(head)
    const wrong = [
      text.replace('\n300\n', '\n0300\n'),
      text.replace('\n300\n', '\n-300\n'),
      text.replace('\n300\n', '\n3e2\n'),
      text.replace('\n300\n', '\n9007199254740993\n'),
      text.replace('=\n', '\n'),
      text.slice(0, -1),
      `\n${text}`,
      `${text}\n`,
    ]
    for (const one of wrong) expect(() => parseCheckpoint(one), JSON.stringify(one)).toThrow(TypeError)
  })
})

describe('witnesses', () => {
  const note = signCheckpoint(head, log)
  const cosigned = (...fills: readonly number[]) => ({
    ...note,
    signatures: [
      ...note.signatures,
      ...fills.map(fill => cosign(note.text, 1_790_000_000 + fill, witness(fill))),
    ],
  })

  it('say when they have seen it, and only for that text', () => {
    const key = verifierKeyOf(witness(7))
    expect(cosignedAt(cosigned(7), key)).toBe(1_790_000_007)
    expect(cosignedAt(note, key)).toBe(undefined)
    expect(cosignedAt({ ...cosigned(7), text: checkpointText({ ...head, size: 299 }) }, key)).toBe(undefined)
  })

  it('are counted as the policy says', () => {
    const text = [
      '# two of three, or the auditor',
      `log ${verifierKeyText(verifierKeyOf(log))}`,
      ...[7, 8, 9, 10].map(fill => `witness w${fill} ${verifierKeyText(verifierKeyOf(witness(fill)))}`),
      'group three 2 w7 w8 w9',
      'group all any three w10',
      'quorum all',
    ].join('\n')
    const policy = parsePolicy(text)
    expect(parsePolicy(policyText(policy))).toEqual(policy)
    expect(witnessesOf(cosigned(9, 7), policy)).toEqual(['w7', 'w9'])
    expect([[], [7], [10], [7, 9]].map(fills => hasQuorum(cosigned(...fills), policy))).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  it('are named by a policy that is whole', () => {
    const key = verifierKeyText(verifierKeyOf(log))
    const own = verifierKeyText(verifierKeyOf(witness(7)))
    const wrong = [
      '',
      `log ${key}`,
      'quorum none',
      `log ${own}\nquorum none`,
      `log ${key}\nquorum w`,
      `log ${key}\nwitness w ${key}\nquorum w`,
      `log ${key}\nwitness w ${own}\ngroup g 2 w\nquorum g`,
      `log ${key}\nwitness w ${own}\ngroup g any w x\nquorum g`,
      `log ${key}\nwitness w ${own}\nwitness w ${own}\nquorum w`,
      `log ${key}\nquorum none\nquorum none`,
      `log ${key}\nquorum none\nfoo`,
    ]
    for (const one of wrong) expect(() => parsePolicy(one), one).toThrow(TypeError)
  })
})

describe('the proof of one event', () => {
  const policy = parsePolicy(`log ${verifierKeyText(verifierKeyOf(log))}\nquorum none\n`)
  const proof = {
    extra: Buffer.from('{"id":"evt-1"}'),
    index: 123,
    path: pathOf(123, leaves),
    checkpoint: signCheckpoint(head, log),
  }
  const leaf = leaves[123] as NodeHash

  it('is read back, and shows that the log has the leaf', () => {
    const read = parseTlogProof(tlogProofText(proof))
    expect(tlogProofText(read)).toBe(tlogProofText(proof))
    expect(verifyTlogProof(read, leaf, policy)).toEqual({ ok: true, checkpoint: head, index: 123 })
    const short = tlogProofText({ ...proof, extra: undefined })
    expect(parseTlogProof(short).extra).toBe(undefined)
  })

  it('says what is missing', () => {
    const other = parsePolicy(
      `log ${verifierKeyText(verifierKeyOf({ ...log, seed: seed(3) }))}\nquorum none\n`,
    )
    const reasons = [
      verifyTlogProof(proof, leaves[124] as NodeHash, policy),
      verifyTlogProof({ ...proof, index: 124 }, leaf, policy),
      verifyTlogProof({ ...proof, path: proof.path.slice(1) }, leaf, policy),
      verifyTlogProof(proof, leaf, other),
      verifyTlogProof(proof, leaf, {
        ...policy,
        witnesses: new Map([['w', verifierKeyOf(witness(7))]]),
        quorum: 'w',
      }),
    ]
    expect(reasons.map(one => (one.ok ? 'ok' : one.reason))).toEqual([
      'leaf_not_in_tree',
      'leaf_not_in_tree',
      'leaf_not_in_tree',
      'checkpoint_unsigned',
      'witnesses_missing',
    ])
  })

  it('tells what is none', () => {
    const text = tlogProofText(proof)
    const wrong = [
      '',
      text.replace('@v1', '@v2'),
      text.replace('index 123', 'index 0123'),
      text.replace('index 123\n', ''),
      text.replace('extra ', 'extra !'),
      text.slice(0, 200),
    ]
    for (const one of wrong) expect(() => parseTlogProof(one), one).toThrow(TypeError)
  })
})
