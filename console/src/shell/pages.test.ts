import { expect, it } from 'vitest'
import { pagesFor } from './pages.ts'

const labels = (...permissions: string[]) => pagesFor(permissions).map(({ label }) => label)

it('leads a key to no page that it is refused', () => {
  expect(labels('events:read', 'schemas:read', 'subscriptions:read', 'dead-letters:read')).toEqual([
    'Events',
    'Catalogue',
    'Subscriptions',
    'Dead letters',
    'Replays',
  ])
  expect(labels('events:read', 'schemas:read', 'subscriptions:read', 'subscriptions:consume')).toEqual([
    'Events',
    'Catalogue',
    'Subscriptions',
    'Replays',
  ])
  expect(labels('events:read', 'schemas:read', 'log:read')).toEqual(['Events', 'Catalogue', 'Integrity'])
  expect(labels('log:read', 'removal:manage')).toEqual(['Integrity', 'Erasure'])
  expect(labels('events:write', 'schemas:read', 'schemas:write')).toEqual([])
})
