import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import type { SignerKey } from '../../proof/index.ts'
import {
  cosign,
  hashText,
  leafNode,
  openBody,
  parseNote,
  parsePolicy,
  parseTlogProof,
  signatureLine,
  verifierKeyOf,
  verifierKeyText,
  verifyBundle,
  verifyTlogProof,
} from '../../proof/index.ts'
import { exportsCovering } from '../record/bundle-exports.ts'
import type { BundleLog } from './bundle-head.ts'
import { BundleLogFixture, tenantId } from './fixtures/bundle-log.ts'
import type { Line } from './fixtures/check-bundle.ts'
import { checkWhole, headOf, leavesOf } from './fixtures/check-bundle.ts'
import { filesSource } from './fixtures/files-source.ts'
import { MemorySink } from './fixtures/memory-sink.ts'
import { kidsIn } from './log-records.ts'

describe('a bundle of a whole log', () => {
  it('can be recomputed from its files, at sizes around those of tiles', async () => {
    const log = await BundleLogFixture.open()
    let filled = 0
    for (const size of [1, 2, 255, 256, 257, 300, 511, 512, 600, 768, 1_000]) {
      await log.fill(size - filled)
      filled = size
      const { sink, summary } = await log.export()
      expect(summary).toMatchObject({ size, from: 0, to: size, unexplained: 0, files: sink.files.size })
      expect(sink.isEnded).toBe(true)
      checkWhole(sink)
    }
  })

  it('has 3,000 events with what is hidden in them, and says by what an absence is explained', async () => {
    const log = await BundleLogFixture.open()
    await log.fill(3_000, at => (at % 3 === 0 ? undefined : `person-${at % 10}`))
    const before = await log.export()
    const erasure = await log.erase('person-4')
    const retention = await log.retire(100, 200)
    const { sink, summary } = await log.export()
    checkWhole(sink)
    expect(summary).toMatchObject({ size: 3_002, unexplained: 0, withPersonal: true })
    const lines = sink.lines<Line>('bodies.ndjson')
    const found = lines.slice(0, 3_000).map(({ n, body, disclosures = [], erasedBy }) => {
      if (body === undefined) return [n, undefined, undefined, undefined, erasedBy]
      const { envelope, hidden } = openBody(JSON.parse(body), disclosures)
      const { customer, mail } = envelope['payload'] as JsonObject
      return [n, customer, mail, hidden, erasedBy]
    })
    expect(found).toEqual(
      found.map((_, n) => {
        if (n >= 100 && n < 200) return [n, undefined, undefined, undefined, retention.sequence]
        if (n % 3 === 0) return [n, undefined, undefined, 0, undefined]
        if (n % 10 === 4) return [n, undefined, undefined, 2, erasure.sequence]
        return [n, `person-${n % 10}`, `person-${n % 10}@example.com`, 0, undefined]
      }),
    )
    // Nothing of the person is anywhere, in whatever form.
    const whole = Buffer.concat([...sink.files.values()]).toString()
    const disclosed = lines.flatMap(({ disclosures = [] }) =>
      disclosures.map(text => Buffer.from(text, 'base64url').toString()),
    )
    expect(whole + disclosed.join()).not.toContain('person-4')
    expect(before.sink.lines<Line>('bodies.ndjson').filter(({ erasedBy }) => erasedBy !== undefined)).toEqual(
      [],
    )
    // The leaves that were there are the same.
    expect(leavesOf(sink).slice(0, 3_000)).toEqual(leavesOf(before.sink))
  })

  it('shows nothing of persons where it is not to, and says so', async () => {
    const log = await BundleLogFixture.open()
    await log.fill(10, () => 'person-1')
    const { sink, summary } = await log.export({ withPersonal: false })
    checkWhole(sink)
    expect(summary).toMatchObject({ withPersonal: false, unexplained: 0 })
    expect(JSON.parse(sink.text('manifest.json')).personal).toBe('hidden')
    expect(sink.text('bodies.ndjson')).not.toContain('disclosures')
    expect(Buffer.concat([...sink.files.values()]).toString()).not.toContain('person-1')
  })

  it('is shown to go on from an earlier head', async () => {
    const log = await BundleLogFixture.open()
    await log.fill(300)
    await log.notary.checkpointNow()
    await log.fill(20)
    await log.notary.checkpointNow()
    const first = await log.export({ prev: 300 })
    const newest = await log.export()
    expect(headOf(first.sink, 'checkpoint.prev').size).toBe(300)
    // What was signed at this very size is no earlier one.
    expect(headOf(newest.sink, 'checkpoint.prev').size).toBe(300)
    for (const prev of [299, 1_000])
      await expect(log.export({ prev })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('comes with the proofs of events that were asked for, against its own head', async () => {
    const log = await BundleLogFixture.open()
    await log.fill(300)
    const { sink } = await log.export({ proofs: ['evt-7', 'evt-256'] })
    const policy = parsePolicy(sink.text('policy'))
    for (const n of [7, 256]) {
      const proof = parseTlogProof(sink.text(`${n}.tlog-proof`))
      const leaf = Buffer.from(proof.extra ?? []).toString()
      expect(JSON.parse(leaf)).toMatchObject({ n, id: `evt-${n}` })
      expect(verifyTlogProof(proof, leafNode(leaf), policy)).toMatchObject({ ok: true, index: n })
    }
    await expect(log.export({ proofs: ['evt-300'] })).rejects.toMatchObject({ code: 'event_not_found' })
  })
})

describe('a bundle of a log of which a tile is gone', () => {
  it('is refused before anything of it is written', async () => {
    const log = await BundleLogFixture.open()
    await log.fill(300)
    const tile = async (id: string, path: string) => {
      if (path === 'tile/0/000') throw new KeelsonError('log_damaged')
      return log.notary.tile(id, path)
    }
    const sink = new MemorySink()
    await expect(log.export({ sink, notary: { ...plain(log.notary), tile } })).rejects.toMatchObject({
      code: 'log_damaged',
    })
    expect(sink.files.size).toBe(0)
  })
})

/** Its calls, so that one of them can be another. */
const plain = (notary: BundleLog): BundleLog => ({
  checkpoint: (...given) => notary.checkpoint(...given),
  checkpoints: (...given) => notary.checkpoints(...given),
  checkpointNow: (...given) => notary.checkpointNow(...given),
  tile: (...given) => notary.tile(...given),
  inclusion: (...given) => notary.inclusion(...given),
  policy: (...given) => notary.policy(...given),
})

describe('what is removed while a bundle is made', () => {
  it('makes it void where the signed log cannot tell why', async () => {
    const log = await BundleLogFixture.open()
    await log.fill(2_000, () => 'person-1')
    const { notary } = log
    const racing: BundleLog = {
      ...plain(notary),
      async checkpointNow() {
        const note = await notary.checkpointNow()
        await log.erase('person-1')
        return note
      },
    }
    await expect(log.export({ notary: racing })).rejects.toMatchObject({ code: 'bundle_outdated' })
    expect((await log.export()).summary.unexplained).toBe(0)
  })

  it('is told as unexplained where no record will say it', async () => {
    const log = await BundleLogFixture.open()
    await log.fill(5, () => 'person-1')
    const positions = [1, 2]
    await log.plain.commit({ scope: { tenantId }, bodies: [{ tenantId, positions, becomes: 'removed' }] })
    const { sink, summary } = await log.export()
    expect(summary.unexplained).toBe(2)
    expect(sink.lines<Line>('bodies.ndjson')[0]).toEqual({ n: 0 })
  })
})

describe('the head of a bundle', () => {
  it('is one that its witnesses have signed, where they do in time', async () => {
    const log = await BundleLogFixture.open()
    await log.fill(3)
    const { notary } = log
    const witness: SignerKey = { name: 'witness', kind: 'witness', seed: Buffer.alloc(32, 3) }
    let looks = 0
    const witnessed: BundleLog = {
      ...plain(notary),
      async policy() {
        const [key] = (await notary.policy()).split('\n')
        return `${key}\nwitness w ${verifierKeyText(verifierKeyOf(witness))}\nquorum w\n`
      },
      async checkpoint(...given) {
        const note = (await notary.checkpoint(...given)) ?? ''
        looks += 1
        return looks < 2 ? note : note + signatureLine(cosign(parseNote(note).text, 1_800_000_000, witness))
      },
    }
    const { sink } = await log.export({ notary: witnessed })
    expect((await verifyBundle(filesSource(sink.files))).isVerified).toBe(true)
    // Else it says so itself.
    looks = -1_000
    const alone = await log.export({ notary: witnessed, witnessPatience: 1 })
    const { failures } = await verifyBundle(filesSource(alone.sink.files))
    expect(failures.map(({ code }) => code)).toContain('witnesses_missing')
  })

  it('is signed by a key that the policy has', async () => {
    const log = await BundleLogFixture.open()
    await log.fill(3)
    const { ring } = log
    const signer = {
      async logKey(tenant: string) {
        await ring.rotateLogKey(tenant)
        return ring.logKey(tenant)
      },
    }
    await expect(log.export({ signer })).rejects.toMatchObject({ code: 'bundle_outdated' })
  })
})

describe('exports', () => {
  it('are remembered before they are made, by what they cover', async () => {
    const log = await BundleLogFixture.open()
    await log.fill(30)
    const whole = await log.export()
    const stop = AbortSignal.abort(new Error('stopped'))
    await expect(log.export({ from: 10, to: 20, signal: stop })).rejects.toThrow('stopped')
    const covering = async (from: number, to: number) =>
      (await exportsCovering(log.plain, tenantId, { from, to })).map(one => [one.from, one.to])
    expect(await covering(0, 1)).toEqual([[0, 30]])
    expect(await covering(19, 20)).toEqual([
      [0, 30],
      [10, 20],
    ])
    expect(await covering(20, 30)).toEqual([[0, 30]])
    expect(await exportsCovering(log.plain, 'globex', { from: 0, to: 30 })).toEqual([])
    const [first] = await exportsCovering(log.plain, tenantId, { from: 0, to: 30 })
    expect(first).toMatchObject({ id: whole.summary.id, size: 30, withPersonal: true, where: 'test' })
  })
})

describe('keys in a body', () => {
  it('are found wherever something is hidden, and nowhere else', () => {
    const body = {
      kid: 'not-hidden',
      payload: { list: [{ _sd: ['x'], kid: 'k-1' }], deep: { _sd: ['a', 'b'], kid: ['k-2', 'k-1'] } },
    }
    expect([...kidsIn(body)]).toEqual(['k-1', 'k-2'])
  })
})

it('writes hashes as other tools do', () => {
  expect(hashText(leafNode('x'), 'hex')).toBe(createHash('sha256').update('\0x').digest('hex'))
})
