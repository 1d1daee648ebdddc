import { expect, it } from 'vitest'
import { hiddenWords } from './hidden-value.ts'
import { partyName } from './party.ts'

it('says of a hidden name that it was erased only to who would see it otherwise', () => {
  expect(hiddenWords({ seesPersonal: true }).text).toBe('erased')
  expect(hiddenWords({ seesPersonal: false })).toMatchObject({
    text: 'not shown',
    meaning: expect.stringContaining('does not see') as string,
  })
})

it('says of a party that is hidden why, and of no other', () => {
  const hidden = { type: 'user', id: 'hidden' }
  expect(partyName(hidden, { seesPersonal: true })).toBe('erased')
  expect(partyName({ ...hidden, name: 'Ada' }, { seesPersonal: true })).toBe('Ada')
  expect([partyName({ ...hidden, id: 'ada' }, { seesPersonal: true }), partyName(null)]).toEqual(['ada', '—'])
})
