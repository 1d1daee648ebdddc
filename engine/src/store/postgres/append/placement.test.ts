import { expect, it } from 'vitest'
import { shardOf } from './placement.ts'

it('places tenants for good, and about evenly', () => {
  // These stand in databases: a change would part tenants from their logs.
  expect(['acme', 'globex', 'platform'].map(tenantId => shardOf(tenantId, 16))).toEqual([13, 13, 14])
  expect(shardOf('acme', 1)).toBe(0)
  const counts = new Array<number>(4).fill(0)
  for (let number = 0; number < 4_000; number += 1) counts[shardOf(`tenant-${number}`, 4)]! += 1
  for (const count of counts) expect(count).toBeGreaterThan(850)
})
