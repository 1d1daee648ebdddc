import { expect, test } from 'vitest'
import { nearestNames } from './nearest-names.ts'

const commands = ['ActivateSubscription', 'AssignRole', 'InviteUser', 'RegisterTenant', 'RejectApproval']
const topics = ['audit.delivery', 'audit.export', 'audit.policy', 'governance.policy', 'rbac']

test.each([
  ['InviteUsr', commands, ['InviteUser']],
  ['assignrole', commands, ['AssignRole']],
  ['Register', commands, ['RegisterTenant']],
  ['audit.exports', topics, ['audit.export']],
  ['rback', topics, ['rbac']],
  ['CompletelyOther', commands, []],
  ['', commands, []],
])('%s is near to %j: %j', (name, known, nearest) => {
  expect(nearestNames(name, known)).toEqual(nearest)
})

test('offers three at the most, however many begin like it, and takes hostile names', () => {
  expect(nearestNames('audit', topics)).toHaveLength(3)
  expect(nearestNames('x'.repeat(100_000), topics)).toEqual([])
})
