import { expect, it } from 'vitest'
import { readEventTypeSearch } from './tab.ts'

it('keeps of a URL the tab and the versions, and drops the rest', () => {
  expect(readEventTypeSearch({ tab: 'versions', from: '1.0', to: '1.2', x: 1 })).toEqual({
    tab: 'versions',
    from: '1.0',
    to: '1.2',
  })
  expect(readEventTypeSearch({ tab: 'overview', from: '', to: ['1'] })).toEqual({})
})
