import { describe, expect, it } from 'vitest'
import { newApprover } from '../fixtures/setting.ts'
import { appoint, keepAppointed } from './appoint.ts'

const registeredAt = '2026-05-11T09:00:01.000Z'
const { key: first } = newApprover('one')
/** An earlier version took one key under two names. */
const { key: same } = newApprover('twin', 'one')
const { key: other } = newApprover('zoe')
const [one, twin, zoe] = [
  { name: 'one', key: first, registeredAt },
  { name: 'twin', key: same, registeredAt },
  { name: 'zoe', key: other, registeredAt },
]
const invalid = expect.objectContaining({ code: 'approval_invalid' })

describe('one key under two names', () => {
  it('does not make two approvers', () => {
    expect(() => appoint({ active: [one, twin], needed: 2 })).toThrow(invalid)
    expect(() => appoint({ active: [one, twin], needed: 2 }, ['one', 'twin'])).toThrow(invalid)
    expect(() => appoint({ active: [one, twin, zoe], needed: 2 }, ['one', 'twin'])).toThrow(invalid)
    expect(() => keepAppointed({ active: [one, twin], needed: 2 }, ['one', 'twin'])).toThrow(invalid)
  })

  it('leaves it to others who have keys of their own', () => {
    const board = { active: [one, twin, zoe], needed: 2 }
    expect(appoint(board)).toEqual(['one', 'zoe'])
    expect(keepAppointed(board, ['one', 'twin'])).toEqual(['one', 'zoe'])
  })

  it('may sign under both, or under either', () => {
    const board = { active: [one, twin, zoe], needed: 2 }
    expect(appoint(board, ['zoe', 'twin'])).toEqual(['twin', 'zoe'])
    expect(appoint(board, ['one', 'twin', 'zoe'])).toEqual(['one', 'twin', 'zoe'])
    expect(keepAppointed(board, ['twin', 'zoe'])).toEqual(['twin', 'zoe'])
    expect(appoint({ active: [one, twin], needed: 1 })).toEqual(['one'])
  })
})

describe('those who are to sign', () => {
  it('are approvers, each counted once', () => {
    const board = { active: [one, zoe], needed: 2 }
    expect(() => appoint(board, ['one', 'nobody', 'zoe'])).toThrow(invalid)
    expect(() => appoint(board, ['one', 'one'])).toThrow(invalid)
    expect(appoint(board, ['zoe', 'one', 'one'])).toEqual(['one', 'zoe'])
    expect(keepAppointed({ active: [zoe], needed: 1 }, ['one'])).toEqual(['zoe'])
  })
})
