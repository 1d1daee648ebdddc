import { expect, it } from 'vitest'
import { kidsIn } from './sealed-kids.ts'

it('names the keys whose digests stand in a value, wherever they are', () => {
  const sealed = { _sd: ['d1'], kid: 'k-1', amount: 3 }
  expect(kidsIn(sealed)).toEqual(['k-1'])
  expect(kidsIn({ items: [sealed, { user: { _sd: ['d2'], kid: 'k-2' } }, sealed] })).toEqual(['k-1', 'k-2'])
  expect(kidsIn({ kid: 'no digests beside it', _sd2: [] })).toEqual([])
  expect(kidsIn(undefined)).toEqual([])
})
