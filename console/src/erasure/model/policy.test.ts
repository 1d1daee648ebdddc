import { expect, it } from 'vitest'
import { mayApply } from './policy.ts'

it('offers to apply every policy but the one of scavenges, which the server refuses', () => {
  expect(['logins', 'scavenge', 'scavenge-2'].map(id => mayApply({ id }))).toEqual([true, false, true])
})
