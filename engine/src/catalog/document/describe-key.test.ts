import { describe, expect, it } from 'vitest'
import type { Envelope } from '../../core/index.ts'
import { describeKey } from './describe-key.ts'

interface Payload {
  readonly resource: { readonly type: string; readonly id: string }
  readonly tags: readonly string[]
  readonly orderId?: string
}
const words = (key: (event: Envelope<Payload>) => string | undefined) => describeKey(key)

describe('what a key is made of', () => {
  it.each([
    ['{payload.orderId}', words(event => event.payload.orderId)],
    [
      '{payload.resource.type}:{payload.resource.id}',
      words(({ payload: { resource } }) => `${resource.type}:${resource.id}`),
    ],
    ['{aggregateId}@{occurredAt}', words(event => `${event.aggregateId}@${event.occurredAt}`)],
    ['{payload.orderId}', words(event => event.payload.orderId ?? event.eventId)],
    ['{payload.tags.0}', words(event => event.payload.tags[0])],
    ['order-{tenantId}', words(event => `order-${event.tenantId}`)],
  ])('says %s', (expected, said) => {
    expect(said).toBe(expected)
  })

  it.each([
    ['is not there', undefined],
    ['gives none', () => undefined],
    ['always gives the same', () => 'all'],
    ['calls methods of values', (event: Envelope<Payload>) => event.payload.resource.id.toLowerCase()],
    ['goes through a list', (event: Envelope<Payload>) => [...event.payload.tags].join()],
    ['throws', () => JSON.parse('{') as string],
    [
      'never ends',
      (event: Envelope<Payload>) => {
        let at = event as never
        for (;;) at = at['next']
      },
    ],
  ])('says nothing of a key that %s', (_, key) => {
    expect(describeKey(key)).toBeUndefined()
  })
})
