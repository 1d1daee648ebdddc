import Type from 'typebox'
import { expect, it } from 'vitest'
import { defineCommand } from './command-definition.ts'

const base = {
  type: 'PlaceOrder',
  version: '1.0',
  summary: 'Order it.',
  aggregate: 'Order',
  target: (payload: { readonly orderId: string }) => payload.orderId,
  payload: Type.Object({ orderId: Type.String(), note: Type.Optional(Type.String()) }),
  emits: ['OrderPlaced'],
  rejections: [{ code: 'order_taken', when: 'The id is in use.' }],
  examples: [{ orderId: 'o-1' }],
}

it('keeps what is personal, and closes the payload', () => {
  const personal = [{ pointer: '/note', subject: '/orderId', kind: 'free-text' }]
  expect(defineCommand({ ...base, personal })).toMatchObject({
    personal,
    payload: { additionalProperties: false },
  })
})

it.each([
  [{ personal: [{ pointer: 'note', subject: '/orderId' }] }, 'JSON Pointer'],
  [{ personal: [{ pointer: '/note', subject: 'orderId' }] }, 'JSON Pointer'],
  [{ aggregate: ' ' }, 'aggregate'],
  [{ rejections: [{ code: 'OrderTaken', when: 'The id is in use.' }] }, 'lower-case word'],
])('refuses %j', (wrong, what) => {
  expect(() => defineCommand({ ...base, ...wrong })).toThrow(what)
})
