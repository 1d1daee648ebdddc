import Type from 'typebox'
import { expect, test } from 'vitest'
import type { PersonalField } from '../core/index.ts'
import { defineEvent } from '../core/index.ts'
import { sealedFields } from './sealed-fields.ts'

const text = Type.String()

function sealed(payload: Parameters<typeof Type.Object>[0], personal: readonly PersonalField[] = []) {
  const definition = defineEvent({
    type: 'OrderNoted',
    version: '1.0',
    kind: 'domain',
    topic: 'orders',
    summary: 'An order was noted.',
    producer: 'Orders',
    consumers: [],
    payload: Type.Object(payload),
    personal,
    examples: [{}],
  })
  return sealedFields(definition as never).map(({ pointer, subject, form }) => [pointer, subject, form])
}

test('personal fields are sealed, and their subjects where these are addresses', () => {
  const personal = [
    { pointer: '/actor/name', subject: '/actor/id' },
    { pointer: '/actor/mail', subject: '/actor/id' },
    { pointer: '/mail', subject: '/mail' },
  ]
  const actor = Type.Object({ id: text, name: text, mail: text })
  expect(sealed({ actor, mail: text }, personal)).toEqual([
    ['/actor/name', '/actor/id', undefined],
    ['/actor/mail', '/actor/id', undefined],
    ['/mail', '/mail', undefined],
    ['/actor/id', '/actor/id', 'address'],
  ])
})

test('so are members that are named like ids of people', () => {
  const payload = {
    userId: text,
    toggledBy: Type.Optional(text),
    approverIds: Type.Array(text),
    recipients: Type.Array(text),
    approval: Type.Object({ stages: Type.Array(Type.Object({ invitedUserId: text, id: text })) }),
    choice: Type.Union([Type.Object({ onBehalfOf: text }), Type.Object({ orderId: text })]),
    ownerId: Type.Union([text, Type.Null()]),
    resourceId: text,
    standby: text,
    user: Type.Object({ name: text }),
    memberCount: Type.Integer(),
    approvedBy: Type.Integer(),
  }
  expect(sealed(payload).map(([pointer]) => pointer)).toEqual([
    '/userId',
    '/toggledBy',
    '/approverIds/*',
    '/recipients/*',
    '/approval/stages/*/invitedUserId',
    '/choice/onBehalfOf',
    '/ownerId',
  ])
})

test('of what an action is done to, names and an id that is an address, where its kind says a person', () => {
  const thing = Type.Object({ type: text, id: text, name: text, displayName: text, size: text })
  const payload = { resource: thing, audit: Type.Object({ targets: Type.Array(thing) }), other: thing }
  expect(sealed(payload)).toEqual([
    ['/resource/name', '/resource/id', undefined],
    ['/resource/displayName', '/resource/id', undefined],
    ['/resource/id', '/resource/id', 'address'],
    ['/audit/targets/*/name', '/audit/targets/*/id', undefined],
    ['/audit/targets/*/displayName', '/audit/targets/*/id', undefined],
    ['/audit/targets/*/id', '/audit/targets/*/id', 'address'],
  ])
})
