import { describe, expect, it } from 'vitest'
import { nearestNames } from './nearest-names.ts'

const known = [
  'SubscriptionActivated',
  'SubscriptionCancelled',
  'UserInvited',
  'UserActivated',
  'RoleAssigned',
]

describe('nearestNames', () => {
  it.each([
    ['SubscriptionActivted', 'SubscriptionActivated'],
    ['subscriptionactivated', 'SubscriptionActivated'],
    ['UserInvted', 'UserInvited'],
    ['RolAssigned', 'RoleAssigned'],
    ['RoleAssignedd', 'RoleAssigned'],
  ])('finds for %s first %s', (name, first) => {
    expect(nearestNames(name, known)[0]).toBe(first)
  })

  it('gives the nearest first, equals by name, at most three', () => {
    expect(
      nearestNames('abcdefghi', ['abcdefgxx', 'abcdefghx', 'abcdefgh', 'abcdexxxi', 'abcdefghi']),
    ).toEqual(['abcdefghi', 'abcdefgh', 'abcdefghx'])
  })

  it('gives nothing for a name that resembles none', () => {
    expect(nearestNames('InvoicePaid', known)).toEqual([])
    expect(nearestNames('x', known)).toEqual([])
    expect(nearestNames('anything', [])).toEqual([])
  })

  it('takes two slips in a short name, and not three', () => {
    expect(nearestNames('abcd', ['abxy'])).toEqual(['abxy'])
    expect(nearestNames('abcd', ['axyz'])).toEqual([])
  })

  it('looks at the first hundred characters of a name that has no end', () => {
    const started = performance.now()
    expect(nearestNames('x'.repeat(1_000_000), known)).toEqual([])
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})
