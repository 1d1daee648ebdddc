import { audit } from '@keelson/contexts'
import { createValidator } from 'keelson'
import type { LogCheckReport } from 'keelson/notary'
import { checkEvents } from 'keelson/notary'
import { expect, it } from 'vitest'

const report: LogCheckReport = {
  size: 300,
  root: '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
  isSound: true,
  faults: [],
  faultCount: 0,
  signature: { keyId: 'log.test/t/acme/main+5d0a1f77', fault: undefined, cosignatures: 0 },
  entries: 300,
  explained: 3,
  unseen: 0,
  milliseconds: 12.5,
}
const hash = 'A'.repeat(43)
const fault = {
  kind: 'content-altered',
  reason: 'x',
  index: 0,
  eventId: 'e',
  version: 1,
  expected: hash,
  actual: hash,
} as const
const kinds = ['order-changed', 'event-missing', 'absence-unexplained', 'log-rewritten'] as const

const cases: readonly (readonly [string, LogCheckReport])[] = [
  ['sound', report],
  ['empty of witnesses and keys', { ...report, signature: undefined }],
  [
    'at fault',
    {
      ...report,
      isSound: false,
      faultCount: 105,
      faults: [...Array.from({ length: 96 }, () => fault), ...kinds.map(kind => ({ kind, reason: 'x' }))],
    },
  ],
  [
    'not checked to its end',
    {
      ...report,
      isSound: false,
      faultCount: 1,
      faults: [
        {
          kind: 'content-altered',
          reason: 'x'.repeat(600),
          code: 'store_damaged',
          endedAt: { index: 0, position: 0 },
        },
      ],
    },
  ],
  ...(['signature-invalid', 'key-unknown', 'text-malformed'] as const).map(
    one =>
      [
        one,
        { ...report, isSound: false, signature: { keyId: undefined, fault: one, cosignatures: 0 } },
      ] as const,
  ),
]

it.each(cases)('what is told of a log that is %s is as its definitions ask', (_, found) => {
  const run = { tenantId: 'a'.repeat(64), checkId: 'c'.repeat(26), checkedAt: '2026-11-21T12:00:00.000Z' }
  const events = checkEvents(found, run)
  expect(events.length).toBeGreaterThan(0)
  for (const { eventType, payload } of events) {
    const definition = audit.events.find(one => one.type === eventType)
    if (!definition) throw new Error(`nobody defines ${eventType}`)
    expect(() => createValidator(definition.payload)(payload)).not.toThrow()
    expect(() => createValidator(definition.payload)({})).toThrow()
  }
})
