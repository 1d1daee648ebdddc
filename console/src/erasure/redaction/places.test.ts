import { expect, it } from 'vitest'
import { isUnder, outermost, placesOf } from './places.ts'

const body = JSON.stringify({
  eventId: 'e',
  payload: {
    plan: 'team',
    'a/b': { '~c': [1, 2] },
    who: { _sd: ['digest'], kid: 'k-1', role: 'owner' },
    note: 'x'.repeat(200),
  },
  metadata: { tags: [] },
})

it('offers what can be taken out of an event, and of sealed fields what is beside them', () => {
  const places = placesOf(body)
  expect(places.map(({ pointer, depth }) => `${depth} ${pointer}`)).toEqual([
    '0 /payload/plan',
    '0 /payload/a~1b',
    '1 /payload/a~1b/~0c',
    '2 /payload/a~1b/~0c/0',
    '2 /payload/a~1b/~0c/1',
    '0 /payload/who',
    '1 /payload/who/role',
    '0 /payload/note',
    '0 /metadata/tags',
  ])
  expect(places.filter(({ hasSealed }) => hasSealed).map(({ pointer }) => pointer)).toEqual(['/payload/who'])
  expect(places.find(({ name }) => name === 'note')?.text).toHaveLength(121)
  expect(placesOf('{"payload":null}')).toEqual([])
})

it('asks for the outer one of places one in another', () => {
  const chosen = new Set(['/payload/a/b', '/payload/a', '/payload/ab'])
  expect(outermost(chosen)).toEqual(['/payload/a', '/payload/ab'])
  expect([isUnder('/payload/a/c', chosen), isUnder('/payload/abc', chosen)]).toEqual([true, false])
})
