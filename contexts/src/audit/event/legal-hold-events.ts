import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, oneOf, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const holdId = id('Id of the hold; events under one hold share it.', 'hold-2026-014')
const eventId = Type.Optional(
  id('Audit event that it is on, where it is on a single one.', 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958'),
)
const scope = Type.Optional(
  Type.Object(
    {
      streamId: Type.Optional(text('All events of this stream.', 'AuditEvent-repository:octo/hello', 1024)),
      subjectId: Type.Optional(id('All events about or by this person or thing.', 'usr-88')),
      eventType: Type.Optional(id('Only events of this type.', 'AuditEventReceived')),
      occurredFrom: Type.Optional(time('Only events that occurred then or later.', '2026-01-01T00:00:00Z')),
      occurredUntil: Type.Optional(time('Only events that occurred before.', '2026-07-01T00:00:00Z')),
    },
    { description: 'Events that it is on, where they are many: those that meet all that is given.' },
  ),
)

const common = {
  version: '1.0',
  kind: 'domain',
  topic: 'audit.retention',
  producer: 'Retention Service',
  aggregate: 'LegalHold',
  retention: retention.proof,
  retry: retry.audit,
  deadLetter: deadLetter.page,
} as const

export const LegalHoldApplied = defineEvent({
  ...common,
  type: 'LegalHoldApplied',
  summary: 'Audit events were put under legal hold: nothing of them may be removed until it is released.',
  consumers: ['Query Service', 'Archive Service'],
  orderingKey: event => event.payload.holdId,
  idempotencyKey: event => `${event.payload.holdId}:${event.eventId}`,
  payload: Type.Object(
    {
      eventId,
      holdId,
      holdReason: Type.Optional(
        text(
          'Why, in words; absent once it is erased.',
          'Preserve for the arbitration with Northwind.',
          2048,
        ),
      ),
      appliedBy: id('Person who ordered it.', 'usr-legal-1'),
      scope,
      basis: Type.Optional(
        oneOf(
          ['litigation', 'investigation', 'regulator-request', 'audit'],
          'Kind of the proceeding.',
          'litigation',
        ),
      ),
      matterId: Type.Optional(id("Id of the case in the legal department's records.", 'case-7731')),
      appliedAt: Type.Optional(time('When it takes effect.')),
      reviewAt: Type.Optional(time('When it must be looked at again.', '2027-06-11T00:00:00Z')),
    },
    {
      description: 'Which events are held, by whom and why.',
      anyOf: [{ required: ['eventId'] }, { required: ['scope'] }],
    },
  ),
  rules: [
    'A reason is given whenever a hold is applied: Retention Service sees to it, and the schema lets it be absent because it can be erased.',
    'It is on one event or on a scope; a scope also holds the events that come later and meet it.',
    'From then on retention, redaction and erasure pass over these events, and wait until the last hold on them is released.',
    'Several holds may be on one event, and each is released by itself.',
  ],
  personal: [{ pointer: '/holdReason', subject: '/appliedBy', kind: 'free-text' }],
  monitoring: {
    metrics: [
      'Active holds and the events under them.',
      'Removals that wait for a hold.',
      'Age of the oldest hold.',
    ],
    alerts: ['A hold is past its review.', 'A removal was recorded for an event under hold.'],
  },
  examples: [
    {
      eventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      holdId: 'hold-2026-014',
      holdReason: 'Preserve for the arbitration with Northwind.',
      appliedBy: 'usr-legal-1',
    },
    {
      holdId: 'hold-2026-015',
      holdReason: 'The regulator asked for all changes of permissions in the first half of the year.',
      appliedBy: 'usr-legal-2',
      scope: {
        streamId: 'AuditEvent-repository:octo/hello',
        subjectId: 'usr-88',
        eventType: 'AuditEventReceived',
        occurredFrom: '2026-01-01T00:00:00Z',
        occurredUntil: '2026-07-01T00:00:00Z',
      },
      basis: 'regulator-request',
      matterId: 'case-7731',
      appliedAt: '2026-06-11T09:00:01Z',
      reviewAt: '2027-06-11T00:00:00Z',
    },
  ],
})

export const LegalHoldReleased = defineEvent({
  ...common,
  type: 'LegalHoldReleased',
  summary: 'A legal hold ended, and its audit events go by their retention again.',
  consumers: ['Query Service'],
  orderingKey: event => event.payload.holdId,
  idempotencyKey: event => `${event.payload.holdId}:${event.eventId}`,
  payload: Type.Object(
    {
      eventId,
      holdId,
      releasedBy: id('Person who ended it.', 'usr-legal-1'),
      releasedAt: time('When it ended.', '2026-11-02T10:00:00Z'),
      releaseReason: Type.Optional(text('Why, in words.', 'The arbitration is settled.', 2048)),
      approvalRequestId: Type.Optional(id('Approval by a second person.', 'apr-91c2')),
      releasedCount: Type.Optional(count('Events that no other hold is on any more.', 1)),
    },
    { description: 'Which hold ended, and by whom.' },
  ),
  rules: [
    'It follows a LegalHoldApplied with the same hold; without an event it ends the whole hold.',
    'What waited for the hold is done only after this is durable, and only where no other hold is on the event.',
  ],
  personal: [{ pointer: '/releaseReason', subject: '/releasedBy', kind: 'free-text' }],
  monitoring: {
    metrics: ['Released holds and how long they lasted.', 'Removals that were set free.'],
    alerts: ['A hold was released within an hour of being applied.'],
  },
  examples: [
    {
      eventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      holdId: 'hold-2026-014',
      releasedBy: 'usr-legal-1',
      releasedAt: '2026-11-02T10:00:00Z',
      releaseReason: 'The arbitration is settled.',
      approvalRequestId: 'apr-91c2',
      releasedCount: 1,
    },
    { holdId: 'hold-2026-015', releasedBy: 'usr-legal-2', releasedAt: '2027-03-01T08:15:00Z' },
  ],
})
