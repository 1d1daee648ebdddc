import { describe, expect, it } from 'vitest'
import { bundleOf, mapSource, policyOf, witness } from '../fixtures/bundle.ts'
import { sampleLog } from '../fixtures/sample-log.ts'
import { verifyBundle } from './verify-bundle.ts'

const codesOf = async (files: Parameters<typeof mapSource>[0], options = {}) => {
  const { failures } = await verifyBundle(mapSource(files), options)
  return failures
}

describe('a bundle', () => {
  it('is verified, whatever it has', async () => {
    const witnesses = [witness(7), witness(8)]
    const files = bundleOf(sampleLog(), { witnesses, quorum: 'all', before: 100, proofs: [0, 61, 299] })
    const verdict = await verifyBundle(mapSource(files), { policy: policyOf({ witnesses, quorum: 'all' }) })
    expect(verdict).toMatchObject({
      isVerified: true,
      failures: [],
      failureCount: 0,
      log: {
        origin: 'audit.example.com/t/acme/main',
        size: 300,
        from: 0,
        to: 300,
        personal: 'shown',
        witnesses: ['witness-7', 'witness-8'],
        policy: 'given',
        continues: [100],
      },
      counts: {
        files: files.size,
        leaves: 300,
        bodies: 285,
        removed: 15,
        redacted: 1,
        disclosures: 363,
        erased: 49,
        hidden: 0,
        records: 10,
        proofs: 3,
      },
    })
    expect(verdict.log.signedBy).toContain('audit.example.com/t/acme/main+')
  })

  it('may be without personal fields, and says so', async () => {
    const verdict = await verifyBundle(mapSource(bundleOf(sampleLog(), { personal: 'hidden' })))
    expect(verdict).toMatchObject({
      isVerified: true,
      log: { personal: 'hidden' },
      counts: { disclosures: 0, hidden: 363 },
    })
  })

  it('may be of a part of the log, with the records outside of it', async () => {
    const log = sampleLog(700)
    for (const [from, to] of [
      [0, 100],
      [10, 70],
      [250, 600],
      [255, 257],
      [512, 700],
      [699, 700],
      [3, 3],
    ] as const) {
      const files = bundleOf(log, { from, to, before: 300 })
      const verdict = await verifyBundle(mapSource(files, 333))
      expect([from, to, verdict.failures]).toEqual([from, to, []])
      expect(verdict).toMatchObject({ isVerified: true, counts: { leaves: to - from, records: 10 } })
    }
  })

  it.each([0, 1, 255, 256, 257, 300, 511, 512, 600, 700, 768, 1_000])('may have %i entries', async size => {
    const log = sampleLog(size)
    const files = bundleOf(log, log.size > 3 ? { before: log.size - 3 } : {})
    expect(await codesOf(files)).toEqual([])
  })

  it('tells how far it is, and stops when it is told to', async () => {
    const steps: string[] = []
    const files = bundleOf(sampleLog())
    const onProgress = ({ step, done, total }: { step: string; done: number; total: number }) => {
      steps.push(`${step} ${done}/${total}`)
    }
    await verifyBundle(mapSource(files), { onProgress })
    expect(steps.slice(-2)).toEqual(['entries 300/300', 'content 300/300'])
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(verifyBundle(mapSource(files), { signal })).rejects.toThrow('enough')
  })
})
