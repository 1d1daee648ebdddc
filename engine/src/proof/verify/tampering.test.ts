import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Files } from '../fixtures/bundle.ts'
import {
  bundleOf,
  headOf,
  linesOf,
  logKey,
  mapSource,
  policyOf,
  put,
  signFiles,
  textOf,
  treeOf,
} from '../fixtures/bundle.ts'
import type { Content } from '../fixtures/log-builder.ts'
import { keyText, seedOf } from '../fixtures/log-builder.ts'
import { sampleLog } from '../fixtures/sample-log.ts'
import { altered, editContent, editLine, failuresOf } from '../fixtures/tampering.ts'
import type { SignerKey } from '../note/note-key.ts'
import { noteText } from '../note/signed-note.ts'
import { verifyBundle } from './verify-bundle.ts'

const otherId = (leaf: string) => leaf.replace('"id":"evt-', '"id":"evx-')

/** Makes the tiles of whatever leaves the files have. */
function remakeTiles(files: Files): void {
  const leaves = textOf(files, 'leaves.ndjson').split('\n').slice(0, -1)
  for (const [path, { bytes }] of treeOf(leaves).tiles) files.set(path, bytes)
}

describe('the tamperings of the format each have their own reason:', () => {
  it('a leaf edited', async () => {
    expect(await altered(files => editLine(files, 'leaves.ndjson', 70, otherId))).toEqual([
      'chain_broken 71',
      'root_mismatch leaves.ndjson',
      'leaf_edited 70',
    ])
    expect(await altered(files => editLine(files, 'leaves.ndjson', 299, otherId))).toEqual([
      'root_mismatch leaves.ndjson',
      'leaf_edited 299',
    ])
  })

  it('a leaf and its tile edited', async () => {
    const edit = (files: Files) => {
      editLine(files, 'leaves.ndjson', 70, otherId)
      const tiles = treeOf(textOf(files, 'leaves.ndjson').split('\n').slice(0, -1)).tiles
      files.set('tile/0/000', (tiles.get('tile/0/000') as { bytes: Uint8Array }).bytes)
    }
    expect(await altered(edit)).toEqual(['chain_broken 71', 'root_mismatch leaves.ndjson'])
    const all = (files: Files) => remakeTiles(editLine(files, 'leaves.ndjson', 299, otherId))
    expect(await altered(all)).toEqual(['root_mismatch leaves.ndjson'])
  })

  it('two leaves swapped', async () => {
    const swap = (files: Files) => {
      const lines = textOf(files, 'leaves.ndjson').split('\n').slice(0, -1)
      const [one = '', other = ''] = lines.slice(70, 72)
      put(files, 'leaves.ndjson', linesOf(lines.with(70, other).with(71, one)))
    }
    const failures = await altered(swap)
    expect(failures.slice(0, 2)).toEqual(['order_broken 70', 'order_broken 71'])
    expect(failures).toContain('root_mismatch leaves.ndjson')
  })

  it('the last leaf dropped, or one in the middle', async () => {
    const drop = (at: number) => (files: Files) => {
      editLine(files, 'leaves.ndjson', at, () => undefined)
      editLine(files, 'bodies.ndjson', at, () => undefined)
    }
    expect(await altered(drop(299))).toEqual(['entry_missing 299'])
    expect(await altered(drop(70))).toEqual(['entry_missing 70'])
  })

  it('a leaf inserted', async () => {
    const insert = (files: Files) =>
      put(
        files,
        'leaves.ndjson',
        `${textOf(files, 'leaves.ndjson') + textOf(files, 'leaves.ndjson').split('\n')[7]}\n`,
      )
    expect(await altered(insert)).toContain('order_broken 300')
    expect(await altered(insert)).toContain('size_mismatch leaves.ndjson')
  })

  it('a body edited', async () => {
    const edit = (content: Content) => {
      content.body = String(content.body).replace('team', 'free')
    }
    expect(await altered(files => editContent(files, 70, edit))).toEqual(['body_altered 70'])
    const blind = (content: Content) => {
      content.blind = Buffer.alloc(32, 1).toString('base64url')
    }
    expect(await altered(files => editContent(files, 70, blind))).toEqual(['body_altered 70'])
  })

  it('a disclosure edited, or one of another entry', async () => {
    const edit = (content: Content) => {
      const [salt = '', name = '', , ...rest] = JSON.parse(
        Buffer.from(content.disclosures?.[0] ?? '', 'base64url').toString(),
      )
      const text = Buffer.from(JSON.stringify([salt, name, 'Mallory', ...rest])).toString('base64url')
      content.disclosures = [text, ...(content.disclosures ?? []).slice(1)]
    }
    expect(await altered(files => editContent(files, 70, edit))).toEqual([
      'disclosure_altered 70',
      'absence_unexplained 70',
    ])
    const twice = (content: Content) => content.disclosures?.push(content.disclosures[0] as string)
    expect(await altered(files => editContent(files, 70, twice))).toEqual(['disclosure_altered 70'])
  })

  it('a body hidden', async () => {
    const hide = (content: Content) => {
      for (const name of ['body', 'blind', 'disclosures'] as const) delete content[name]
    }
    expect(await altered(files => editContent(files, 70, hide))).toEqual(['absence_unexplained 70'])
  })

  it('disclosures hidden', async () => {
    const hide = (content: Content) => {
      content.disclosures = []
    }
    expect(await altered(files => editContent(files, 70, hide))).toEqual(['absence_unexplained 70'])
    // Before its erasure the key was another one.
    expect(await altered(files => editContent(files, 25, hide))).toEqual(['absence_unexplained 25'])
  })

  it("another key's erasure claimed", async () => {
    const claim = (content: Content) => {
      content.disclosures = []
      content.erasedBy = 60
    }
    expect(await altered(files => editContent(files, 70, claim))).toEqual(['erasure_unfounded 70'])
    const hide = (content: Content) => {
      for (const name of ['body', 'blind', 'disclosures'] as const) delete content[name]
      content.erasedBy = 62
    }
    expect(await altered(files => editContent(files, 70, hide))).toEqual(['erasure_unfounded 70'])
  })

  it('a size edited', async () => {
    const edit = (files: Files) =>
      put(files, 'checkpoint', textOf(files, 'checkpoint').replace('\n300\n', '\n301\n'))
    const failures = await altered(edit)
    expect(failures).toContain('signature_invalid checkpoint')
    expect(failures).toContain('size_mismatch manifest.json')
  })

  it('a fork signed anew with the true key, which only a kept head shows', async () => {
    const kept = noteText(headOf(sampleLog().leaves.slice(0, 200)))
    const forked = sampleLog(100)
    for (const n of Array(200).keys()) forked.event({ n })
    const files = bundleOf(forked)
    expect(await failuresOf(files)).toEqual([])
    expect(await failuresOf(files, { against: kept })).toEqual(['fork the kept checkpoint'])
    expect(await failuresOf(bundleOf(forked, { from: 0, to: 150, before: 200 }), { against: kept })).toEqual([
      'fork the kept checkpoint',
    ])
    // One that is older is told apart: it may be whole.
    expect(await failuresOf(bundleOf(sampleLog(150)), { against: kept })).toEqual([
      'older the kept checkpoint',
    ])
    expect(await failuresOf(bundleOf(sampleLog(300)), { against: kept })).toEqual([])
    const before = (files: Files) => put(files, 'checkpoint.prev', noteText(headOf(forked.leaves)))
    expect(await altered(before)).toEqual(['fork checkpoint.prev'])
  })
})

describe('a key of the log that the policy does not have', () => {
  const next: SignerKey = { ...logKey, seed: seedOf(6) }
  const record = { action: 'register', role: 'log', name: next.name, key: keyText(next) }
  const policy = policyOf({})
  const rotated = () => {
    const log = sampleLog(100)
    log.record('key', record)
    for (const n of Array(200).keys()) log.event({ n })
    return log
  }

  it('is named with the record of the log that says so', async () => {
    for (const range of [{}, { from: 90, to: 200 }, { from: 150, to: 200 }]) {
      const files = bundleOf(rotated(), { signer: next, ...range })
      const { failures } = await verifyBundle(mapSource(files), { policy })
      const unlisted = failures.filter(({ code }) => code === 'key_unlisted')
      expect(unlisted.map(({ file }) => file)).toEqual(['manifest.note', 'checkpoint'])
      for (const { message } of unlisted) expect(message).toMatch(/^It is signed by .*\+.* entry 100, which/)
      expect(failures.filter(({ code }) => code === 'signature_invalid')).toEqual([])
    }
  })

  it('is none where no record of the log has it', async () => {
    const files = bundleOf(sampleLog(100), { signer: next })
    const found = await failuresOf(files, { policy })
    expect(found).toEqual(['signature_invalid manifest.note', 'signature_invalid checkpoint'])
  })
})

describe('a time stamp', () => {
  const head = headOf(sampleLog().leaves).text
  const stamp = (text: string, status = 0) => {
    const digest = createHash('sha256').update(text).digest()
    const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
    const algorithm = der(0x30, oid('608648016503040201'), der(0x05))
    const imprint = der(0x30, algorithm, der(0x04, digest))
    const number = (value: number) => der(0x02, Buffer.of(value))
    const time = der(0x18, Buffer.from('20261121090000Z'))
    const info = der(0x30, number(1), oid('2a0304'), imprint, number(7), time)
    const content = der(0x30, oid('2a864886f70d0109100104'), der(0xa0, der(0x04, info)))
    const signed = der(0x30, number(3), der(0x31), content)
    const token = der(0x30, oid('2a864886f70d010702'), der(0xa0, signed))
    return der(0x30, der(0x30, number(status)), token)
  }
  const stamped = (bytes: Uint8Array) => signFiles(bundleOf(sampleLog()).set('checkpoint.tsr', bytes))

  it('is told where it is one of the checkpoint', async () => {
    expect(await verifyBundle(mapSource(stamped(stamp(head))))).toMatchObject({
      isVerified: true,
      log: { timestamps: [{ size: 300, at: '2026-11-21T09:00:00Z' }] },
    })
  })

  it.each([
    ['of another text', stamp(`${head}\n`)],
    ['that was refused', stamp(head, 2)],
    ['that is cut off', stamp(head).subarray(0, 90)],
    ['that is none', Buffer.from('nothing')],
  ])('%s is a failure', async (_, bytes) => {
    expect(await failuresOf(stamped(bytes))).toEqual(['timestamp_invalid checkpoint.tsr'])
  })
})

/** An element with its length, which is below 65,536. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 128 ? Buffer.of(length) : Buffer.of(0x82, length >> 8, length & 0xff)
  return Buffer.concat([Buffer.of(tag), size, content])
}

describe('tiles that are forged', () => {
  const flip = (files: Files, name: string, at = 5) => {
    const bytes = Uint8Array.from(files.get(name) as Uint8Array)
    bytes[at] = (bytes[at] as number) ^ 1
    files.set(name, bytes)
  }
  it.each([300, 511, 600, 700, 768, 1_000])('are found at the size %i, every one of them', async size => {
    const whole = bundleOf(sampleLog(size))
    const part = bundleOf(sampleLog(size), { from: 100, to: size })
    const tiles = [...whole.keys()].filter(name => name.startsWith('tile/'))
    expect(tiles.length).toBeGreaterThan(2)
    for (const tile of tiles) {
      const at = (whole.get(tile)?.length ?? 0) - 1
      const [one, other] = [new Map(whole), new Map(part)]
      flip(one, tile, at)
      flip(other, tile, at)
      expect(await failuresOf(signFiles(one))).toEqual([`tile_forged ${tile}`])
      const found = await failuresOf(signFiles(other))
      // The right edge is proved by the root itself.
      expect(found).toEqual([tile.includes('.p/') ? 'root_mismatch checkpoint' : `tile_forged ${tile}`])
    }
  })

  it('are found when they are cut short, of another tree, or missing where they are needed', async () => {
    const cut = (files: Files) =>
      files.set('tile/0/000', (files.get('tile/0/000') as Uint8Array).subarray(32))
    expect(await altered(cut)).toEqual(['tile_forged tile/0/000'])
    expect(await altered(files => files.set('tile/0/001.p/45', new Uint8Array(32)))).toEqual([
      'tile_forged tile/0/001.p/45',
    ])
    expect(await altered(files => files.delete('tile/0/000'), { from: 0, to: 50 })).toEqual([
      'bundle_incomplete tile/0/000',
    ])
    expect(await altered(files => files.delete('tile/1/000.p/1'), { from: 0, to: 50 })).toEqual([
      'bundle_incomplete tile/1/000.p/1',
    ])
    const leaf = (files: Files) => editLine(files, 'leaves.ndjson', 7, otherId)
    expect(await altered(leaf, { from: 200, to: 280 })).toEqual(['leaf_edited 207', 'chain_broken 208'])
  })
})
