import { describe, expect, it } from 'vitest'
import { chosenSelection, NONE_CHOSEN, stillThere, toggle, toggleAll } from './chosen.ts'
import { sampleLetter } from './fixtures.ts'
import { groupFilterOf, readLetterSearch, selectionOf } from './search.ts'
import { errorText, typesText } from './words.ts'

describe('the filter of dead letters', () => {
  it('is its URL, without what is not understood', () => {
    const raw = { subscription: 'billing', cause: 'exhausted', type: ['a', 'b'], fingerprint: '', other: 'x' }
    expect(readLetterSearch(raw)).toEqual({ subscription: 'billing', cause: 'exhausted' })
    expect(readLetterSearch({ cause: 'bad luck' })).toEqual({})
  })

  it('narrows the groups too, but for the error that is chosen among them', () => {
    const filter = { subscription: 's', fingerprint: 'f', type: 'A', cause: 'parked', orderingKey: 'k' }
    const { fingerprint: _, ...rest } = filter
    expect(groupFilterOf(filter)).toEqual(rest)
  })

  it('selects what it shows, where it names a subscription', () => {
    expect(selectionOf({ type: 'A' })).toBeUndefined()
    expect(selectionOf({ subscription: 's', fingerprint: 'f', cause: 'parked' })).toEqual({
      subscription: 's',
      fingerprint: 'f',
      cause: 'parked',
    })
  })
})

describe('what is ticked', () => {
  const letters = [1, 2, 3].map(id => sampleLetter({ id }))
  const foreign = sampleLetter({ id: 1, subscription: 'mail' })

  it('is of one subscription', () => {
    const one = toggle(NONE_CHOSEN, letters[1] as (typeof letters)[0])
    expect(chosenSelection(one)).toEqual({ subscription: 'billing', ids: [2] })
    expect(toggle(one, foreign)).toBe(one)
    expect(chosenSelection(toggleAll(one, [...letters, foreign]))?.ids).toEqual([1, 2, 3])
    expect(toggle(one, letters[1] as (typeof letters)[0])).toBe(NONE_CHOSEN)
  })

  it('is all or none', () => {
    const all = toggleAll(NONE_CHOSEN, letters)
    expect(all.ids.size).toBe(3)
    expect(toggleAll(all, letters)).toBe(NONE_CHOSEN)
    expect(toggleAll(NONE_CHOSEN, [])).toBe(NONE_CHOSEN)
  })

  it('goes with what is gone', () => {
    const all = toggleAll(NONE_CHOSEN, letters)
    expect(stillThere(all, letters)).toBe(all)
    expect([...stillThere(all, letters.slice(2)).ids]).toEqual([3])
    expect(stillThere(all, [foreign])).toBe(NONE_CHOSEN)
  })
})

describe('words', () => {
  it('say the error once', () => {
    expect(errorText({ name: 'TypeError', message: 'no text' }, 'exhausted')).toBe('TypeError: no text')
    expect(errorText({ name: 'Error', message: 'no text' }, 'permanent')).toBe('no text')
    expect(errorText(null, 'parked')).toBe('Behind a parked key')
    expect(errorText({ name: '', message: '' }, 'expired')).toBe('Deadline passed')
  })

  it('name the types that matter', () => {
    expect(typesText({ A: 3 })).toBe('A')
    expect(typesText({ A: 3, B: 9, C: 1 })).toBe('B 9, A 3 and 1 more')
  })
})
