import { describe, expect, it } from 'vitest'
import {
  commitBody,
  leafNode,
  nodesFromTiles,
  parsePolicy,
  parseTlogProof,
  proveConsistency,
  tilePath,
  treeRoot,
  verifyConsistency,
  verifyTlogProof,
} from '../../proof/index.ts'
import { newEvent } from '../../store/fixtures/new-event.ts'
import { exportsCovering } from '../record/bundle-exports.ts'
import { positionBefore } from './bundle-lines.ts'
import { bundleTiles } from './bundle-tiles.ts'
import { BundleLogFixture, tenantId } from './fixtures/bundle-log.ts'
import type { Line } from './fixtures/check-bundle.ts'
import { checkBodies, checkManifest, headOf, leavesOf } from './fixtures/check-bundle.ts'

describe('a bundle of a range', () => {
  it('leads to the root from its leaves and tiles', async () => {
    const log = await BundleLogFixture.open()
    await log.fill(1_500)
    await log.notary.checkpointNow()
    await log.fill(201)
    for (const [from, to] of [
      [0, 1],
      [255, 257],
      [300, 700],
      [1_024, 1_701],
      [1_700, 1_701],
      [9, 9],
    ] as const) {
      const { sink, summary } = await log.export({ from, to, prev: 1_500 })
      expect(summary).toMatchObject({ from, to, size: 1_701 })
      checkManifest(sink)
      checkBodies(sink)
      const leaves = leavesOf(sink)
      expect(leaves).toHaveLength(to - from)
      const { size, root } = headOf(sink)
      const read = nodesFromTiles(size, place => sink.files.get(tilePath(place)) as Buffer)
      expect(treeRoot(read, size)).toBe(root)
      for (const [at, leaf] of leaves.entries()) expect(read(0, from + at)).toBe(leafNode(leaf))
      // From the earlier head by the tiles alone.
      const proof = proveConsistency(read, 1_500, size)
      expect(verifyConsistency(headOf(sink, 'checkpoint.prev'), { size, root }, proof)).toBe(true)
    }
  })

  it('has tiles whose rows are those of the tiles above them', () => {
    for (const [size, from, to, before] of [
      [70_000, 0, 1, 0],
      [70_000, 65_535, 65_537, 300],
      [65_536, 5, 6, 65_535],
      [257, 256, 257, 256],
      [100, 100, 100, 0],
    ] as const) {
      const paths = [...bundleTiles(size, { from, to }, before)].map(tilePath)
      expect(new Set(paths).size).toBe(paths.length)
      const sizes = [...bundleTiles(size, { from: 0, to: size })].map(tilePath)
      for (const path of paths) expect(sizes).toContain(path)
    }
    const paths = (size: number, from: number, to: number, before?: number) =>
      [...bundleTiles(size, { from, to }, before)].map(tilePath)
    expect(paths(70_000, 300, 301)).toEqual([
      'tile/0/001',
      'tile/0/273.p/112',
      'tile/1/000',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
    ])
    expect(paths(70_000, 300, 301, 1_000)).toContain('tile/0/003')
  })

  it('brings along the records outside of it, each with its proof', async () => {
    const log = await BundleLogFixture.open()
    await log.fill(20, () => 'person-1')
    const key = await log.record('key', { action: 'register', role: 'approver', name: 'ada', key: '…' })
    await log.fill(0)
    const erasure = await log.erase('person-1')
    const { sink, summary } = await log.export({ from: 5, to: 8 })
    expect(summary.unexplained).toBe(0)
    expect(sink.lines<Line>('bodies.ndjson').map(({ n, erasedBy }) => [n, erasedBy])).toEqual(
      [5, 6, 7].map(n => [n, erasure.sequence]),
    )
    const policy = parsePolicy(sink.text('policy'))
    const records = sink.lines<Line>('records.ndjson')
    expect(records.map(({ n }) => n)).toEqual([key.sequence, erasure.sequence])
    for (const { n, body = '', blind = '' } of records) {
      const proof = parseTlogProof(sink.text(`${n}.tlog-proof`))
      const leaf = Buffer.from(proof.extra ?? []).toString()
      expect(verifyTlogProof(proof, leafNode(leaf), policy)).toMatchObject({ ok: true, index: n })
      expect(JSON.parse(leaf).body).toBe(commitBody(body, Buffer.from(blind, 'base64url')))
    }
  })

  it.each([
    [-1, 5],
    [3, 2],
    [0, 11],
    [1.5, 3],
  ])('is refused from %d to %d of 10', async (from, to) => {
    const log = await BundleLogFixture.open()
    await log.fill(10)
    await expect(log.export({ from, to })).rejects.toMatchObject({ code: 'bundle_range_invalid' })
    expect(await exportsCovering(log.plain, tenantId, { from: 0, to: 10 })).toEqual([])
  })
})

describe('an entry', () => {
  it('is found by its index among those of other tenants', async () => {
    const { plain: store } = await BundleLogFixture.open()
    for (const [at, tenant] of ['b', 'a', 'a', 'b', 'b', 'b', 'a', 'b', 'a'].entries())
      await store.append(tenant, [
        { stream: 's', expected: 'any', events: [newEvent(tenant, { eventId: `evt-${at}` })] },
      ])
    const firstAfter = async (tenant: string, n: number) => {
      const after = await positionBefore(store, tenant, n)
      const [leaf] = await store.leaves({ tenantId: tenant }, { after, limit: 1 })
      return leaf?.sequence
    }
    for (const [tenant, count] of [
      ['a', 4],
      ['b', 5],
    ] as const)
      for (let n = 0; n < count; n += 1) expect([tenant, await firstAfter(tenant, n)]).toEqual([tenant, n])
    expect(await firstAfter('a', 4)).toBe(undefined)
    expect(await positionBefore(store, 'nobody', 3)).toBe(0)
  })
})
