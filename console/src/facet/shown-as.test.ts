import { expect, it } from 'vitest'
import { shownAs } from './shown-as.ts'

it('shows the id beside a name that two values have', () => {
  const shown = shownAs([
    { value: 'web shop' },
    { value: 'key-1', label: 'web shop' },
    { value: 'u-1', label: 'Ada' },
    { value: 'u-2', label: 'Bob' },
    { value: 'u-3', label: 'Bob' },
  ])
  expect(shown('web shop')).toEqual({ text: 'web shop' })
  expect(shown('key-1')).toEqual({ text: 'web shop', id: 'key-1' })
  expect(shown('u-1')).toEqual({ text: 'Ada' })
  expect(shown('u-2')).toEqual({ text: 'Bob', id: 'u-2' })
  expect(shown('u-3')).toEqual({ text: 'Bob', id: 'u-3' })
  expect(shown('unknown')).toEqual({ text: 'unknown' })
})
