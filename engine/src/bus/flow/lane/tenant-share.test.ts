import { expect, it } from 'vitest'
import { TenantShare } from './tenant-share.ts'

it('lets a tenant hold as much as is still free, and forgets one that holds nothing', () => {
  const share = new TenantShare(4)
  expect(['a', 'a', 'a', 'b', 'c', 'd'].map(tenantId => share.admit(tenantId))).toEqual([
    'accepted',
    'accepted',
    'tenant_full',
    'accepted',
    'accepted',
    'full',
  ])
  expect([share.total, share.tenants]).toEqual([4, 3])
  for (const tenantId of ['a', 'b', 'c', 'a', 'a', 'stranger']) share.release(tenantId)
  expect([share.total, share.tenants]).toEqual([0, 0])
})
