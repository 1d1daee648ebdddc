import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, list, oneOf, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const streamId = text('Stream that was checked.', 'AuditEvent-repository:octo/hello', 1024)
const checkId = Type.Optional(id('Run of the check that it belongs to.', 'chk-2026-06-11'))
const checkedAt = Type.Optional(time('When it was checked.'))
const hash = (description: string) => text(description, '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw', 43)

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'audit.integrity',
  producer: 'Integrity Service',
  aggregate: 'IntegrityCheck',
  personal: [],
  retention: retention.proof,
  retry: retry.audit,
  deadLetter: deadLetter.page,
} as const

export const HashChainValidated = defineEvent({
  ...common,
  type: 'HashChainValidated',
  summary: 'A stream was checked against the log, and nothing in it was altered, moved or left out.',
  consumers: ['Compliance'],
  orderingKey: event => event.payload.streamId,
  idempotencyKey: event => `${event.payload.streamId}:${event.correlationId}`,
  payload: Type.Object(
    {
      streamId,
      checkId,
      eventCount: Type.Optional(count('Events that were checked.', 329)),
      fromVersion: Type.Optional(count('First version that was checked.', 1, 1)),
      toVersion: Type.Optional(count('Last version that was checked.', 329, 1)),
      treeSize: Type.Optional(count("Size of the tenant's log that it was checked against.", 1_204_332)),
      rootHash: Type.Optional(hash('Root of the log at that size, base64url.')),
      explainedAbsences: Type.Optional(count('Events whose content is gone by a lawful record.', 3)),
      durationMs: Type.Optional(count('Milliseconds that the check took.', 184)),
      checkedAt,
    },
    { description: 'What was checked, against which root.' },
  ),
  rules: [
    'Every hash was computed again from the content, none was taken over.',
    'Content that is absent is explained by an erasure or retention record that covers it.',
    'It says nothing about what was never sent, nor whether what was sent is true.',
  ],
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Time since each stream was last checked.', 'Events checked per second.'],
    alerts: ['A tenant was not checked for two intervals.'],
  },
  examples: [
    {
      streamId: 'AuditEvent-repository:octo/hello',
      checkId: 'chk-2026-06-11',
      eventCount: 329,
      fromVersion: 1,
      toVersion: 329,
      treeSize: 1_204_332,
      rootHash: '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
      explainedAbsences: 3,
      durationMs: 184,
      checkedAt: '2026-06-11T03:00:12Z',
    },
    { streamId: 'PolicyDecision-dec-4d21ab', eventCount: 1 },
  ],
})

export const HashChainValidationFailed = defineEvent({
  ...common,
  version: '1.1',
  type: 'HashChainValidationFailed',
  summary: 'A stream does not agree with the log: something was altered, moved or left out.',
  consumers: ['Alerting', 'Compliance'],
  orderingKey: event => event.payload.streamId,
  idempotencyKey: event => `${event.payload.streamId}:${event.correlationId}`,
  retry: retry.alerting,
  payload: Type.Object(
    {
      streamId,
      checkId,
      code: Type.Optional(
        id('Code of the table of errors that says why it could not be checked to its end.', 'store_damaged'),
      ),
      endedAtIndex: Type.Optional(
        count("Index in the tenant's log of the first entry that was not checked for that.", 4_800),
      ),
      endedAtPosition: Type.Optional(count('Position in the store of the entry before it.', 91_377)),
      failures: Type.Optional(
        list(
          Type.Object({
            reason: Type.Optional(
              text('What is wrong, in words; nothing of the content.', 'Its leaf is none'),
            ),
            kind: oneOf(
              [
                'content-altered',
                'order-changed',
                'event-missing',
                'absence-unexplained',
                'log-rewritten',
                'removed-under-hold',
              ],
              'What is wrong.',
              'content-altered',
            ),
            eventId: Type.Optional(id('Event at which it shows.', 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958')),
            version: Type.Optional(count('Version of the stream at which it shows.', 17, 1)),
            leafIndex: Type.Optional(count("Index in the tenant's log, from 0.", 4711)),
            expectedHash: Type.Optional(hash('What the log says, base64url.')),
            actualHash: Type.Optional(hash('What the content gives, base64url.')),
          }),
          'The first faults that were found.',
          [{ kind: 'content-altered', version: 17 }],
          { minItems: 1 },
        ),
      ),
      failureCount: Type.Optional(count('All faults, also those not listed.', 1, 1)),
      treeSize: Type.Optional(count("Size of the tenant's log that it was checked against.", 1_204_332)),
      lastGoodTreeSize: Type.Optional(count('Largest size at which everything agreed.', 4_711)),
      checkedAt,
    },
    { description: 'What does not agree, and where.' },
  ),
  rules: [
    'It is evidence of a breach or of damage, never a passing state: a later good check does not take it back.',
    'The check was made twice before it was told, so that a fault of reading is ruled out.',
    'Nothing is mended by itself; what is there stays as it is for the investigation.',
  ],
  monitoring: {
    metrics: ['Streams that do not agree, by kind of fault.'],
    alerts: ['Any such event: page the security team and the owner of the tenant.'],
  },
  examples: [
    {
      streamId: 'AuditEvent-repository:octo/hello',
      checkId: 'chk-2026-06-11',
      failures: [
        {
          kind: 'content-altered',
          eventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
          version: 17,
          leafIndex: 4711,
          expectedHash: '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
          actualHash: 'q1bWv0c2Y6bS1Yk7dQeQv5Y9m2jQyR8pC4r3uFh0iXs',
        },
      ],
      failureCount: 1,
      treeSize: 1_204_332,
      lastGoodTreeSize: 4_711,
      checkedAt: '2026-06-11T03:00:12Z',
    },
    {
      streamId: 'User-usr-88',
      failures: [
        { kind: 'absence-unexplained', version: 4 },
        { kind: 'event-missing', version: 5 },
      ],
      failureCount: 2,
    },
    {
      streamId: 'contoso/main',
      checkId: '01KAN0Q4Y8WJ3M5T6V7X9Z2B4D',
      code: 'store_damaged',
      endedAtIndex: 4_800,
      endedAtPosition: 91_377,
      failures: [
        { kind: 'content-altered', reason: 'The log could not be checked to its end [store_damaged]' },
      ],
      failureCount: 1,
      treeSize: 1_204_332,
    },
  ],
})
