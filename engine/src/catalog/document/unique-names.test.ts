import { describe, expect, it } from 'vitest'
import { slug, uniqueNames } from './unique-names.ts'

describe('names made from texts', () => {
  it.each([
    ['Subscription & Billing', 'subscription-billing'],
    ['audit.storage', 'audit.storage'],
    ['  Café ', 'cafe'],
    ['../../etc', 'etc'],
    ['日本', 'unnamed'],
    ['x'.repeat(200), 'x'.repeat(80)],
  ])('makes %s a path-safe word', (text, name) => {
    expect(slug(text)).toBe(name)
  })

  it('numbers those that would be one, also where only the case differs', () => {
    const names = uniqueNames(['A b', 'A-b', 'A b', 'a_b', 'a b 2'], text =>
      text.replace(/[^A-Za-z0-9]/g, '-'),
    )
    expect([...names]).toEqual([
      ['A b', 'A-b'],
      ['A-b', 'A-b-2'],
      ['a_b', 'a-b-3'],
      ['a b 2', 'a-b-2-2'],
    ])
  })
})
