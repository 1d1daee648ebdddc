import { expect, it } from 'vitest'
import { hiddenWords } from './hidden-value.ts'

it('says of a hidden name that it was erased only to who would see it otherwise', () => {
  expect(hiddenWords({ seesPersonal: true }).text).toBe('erased')
  expect(hiddenWords({ seesPersonal: false })).toMatchObject({
    text: 'not shown',
    meaning: expect.stringContaining('does not see') as string,
  })
})
