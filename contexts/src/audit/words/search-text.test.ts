import { expect, test } from 'vitest'
import { searchText } from './search-text.ts'

const view = {
  actor: { type: 'user', id: 'usr-12' },
  action: 'order.cancel',
  resource: null,
  outcome: 'success',
  address: null,
  summary: 'An order was cancelled',
} as const

test('the words of an event are what it says, without digests and names of keys', () => {
  const sealed = { _sd: ['6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw'], kid: 'k-AAECAwQFBgcICQoLDA0ODw' }
  const payload = { ...sealed, note: 'late', list: [{ ...sealed, kid: ['k-1', 'k-2'] }, { kid: 'a goat' }] }
  const words = searchText(view, 'OrderCancelled', payload)
  expect(words).toBe('An order was cancelled order.cancel OrderCancelled success usr-12  late a goat')
})
