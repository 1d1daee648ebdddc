import { expect, test } from 'vitest'
import { parseFilter } from './filter.ts'
import { usedProperties } from './used-properties.ts'

const namesIn = (text: string) => {
  const { properties, isOpen } = usedProperties(parseFilter(text))
  return { names: properties.map(({ scope, name }) => `${scope}.${name}`), isOpen }
}

test('the properties that a filter uses are told once, in the order of the text', () => {
  expect(
    namesIn(
      "sys.subject = 'a' AND (b + c > 1 OR B IN (d, 1)) AND NOT EXISTS(e) AND f LIKE g AND h IS NULL AND sys.Label LIKE i AND j BETWEEN k AND -l",
    ),
  ).toEqual({
    names: ['sys.Label', ...[...'bcdefghijkl'].map(name => `user.${name}`)],
    isOpen: false,
  })
})

test('members of the payload differ in case, and other names do not', () => {
  expect(namesIn('a.b = 1 OR A.B = 1 OR c = 1 OR C = 1').names).toEqual(['user.a.b', 'user.c'])
  expect(namesIn('payload.a = 1 OR payload.A = 1 OR Payload.a = 1').names).toEqual([
    'user.payload.a',
    'user.payload.A',
  ])
})

test('a name that is calculated leaves open which property is meant', () => {
  expect(namesIn('property(a) = 1')).toEqual({ names: ['user.a'], isOpen: true })
  expect(namesIn("property('a') = 1")).toEqual({ names: ['user.a'], isOpen: false })
  expect(namesIn('TRUE')).toEqual({ names: [], isOpen: false })
})
