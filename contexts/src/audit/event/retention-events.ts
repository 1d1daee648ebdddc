import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, flag, id, oneOf, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const eventId = id('Audit event that it is about.', 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958')

const common = {
  version: '1.0',
  kind: 'domain',
  topic: 'audit.retention',
  producer: 'Retention Service',
  aggregate: 'RetentionSchedule',
  retry: retry.audit,
  deadLetter: deadLetter.page,
} as const

export const RetentionPolicyApplied = defineEvent({
  ...common,
  type: 'RetentionPolicyApplied',
  summary: 'It was settled how long an audit event is kept, and by which policy.',
  consumers: ['Query Service'],
  orderingKey: event => event.payload.eventId,
  idempotencyKey: event => `${event.payload.eventId}:${event.payload.policyId}:${event.correlationId}`,
  payload: Type.Object(
    {
      eventId,
      policyId: id('Policy that was applied.', 'tp-retention-7y'),
      policyVersion: Type.Optional(count('Version of the policy.', 2, 1)),
      retentionPeriod: text('How long it is kept from when it occurred, ISO 8601.', 'P7Y', 32),
      expiresAt: time('When its time is over.', '2033-06-11T09:00:01Z'),
      previousExpiresAt: Type.Optional(
        time('When it was over by the earlier policy.', '2029-06-11T09:00:01Z'),
      ),
      classification: Type.Optional(id('Label of the event that the policy went by.', 'Restricted')),
    },
    { description: 'Which policy, how long, until when.' },
  ),
  rules: [
    'The newest one of an event holds.',
    'The time is counted from when the event occurred, not from when the policy was applied.',
    'A locked policy only makes the time longer, never shorter.',
    'Reaching expiresAt removes nothing while a legal hold is on the event.',
  ],
  personal: [],
  retention: retention.evidence,
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: [
      'Events by policy and by the month in which they expire.',
      'Stored events that no policy covers.',
    ],
    alerts: ['A policy moved the expiry of more than one event in ten to an earlier time.'],
  },
  examples: [
    {
      eventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      policyId: 'tp-retention-7y',
      policyVersion: 2,
      retentionPeriod: 'P7Y',
      expiresAt: '2033-06-11T09:00:01Z',
      previousExpiresAt: '2029-06-11T09:00:01Z',
      classification: 'Restricted',
    },
    {
      eventId: 'k8s-0f2d7b5e-41f2-4f0c-9f24-2a6d9a0f8c11',
      policyId: 'tp-retention-default',
      retentionPeriod: 'P90D',
      expiresAt: '2026-09-09T09:00:01Z',
    },
  ],
})

export const EventTombstoned = defineEvent({
  ...common,
  type: 'EventTombstoned',
  summary: 'An audit event came to its end: it is not shown any more, and its content will be removed.',
  consumers: ['Query Service', 'Integrity Service'],
  orderingKey: event => event.payload.eventId,
  idempotencyKey: event => event.payload.eventId,
  payload: Type.Object(
    {
      eventId,
      tombstoneReason: id(
        'Why: retention-expired, erasure-request, tenant-deleted, or what a person gave as the reason in a word.',
        'retention-expired',
      ),
      tombstonedAt: time('When it was done.'),
      policyId: Type.Optional(id('Retention policy by which its time was over.', 'tp-retention-default')),
      tombstonedBy: Type.Optional(id('Person or service that did it.', 'retention-service')),
      deleteAfter: Type.Optional(time('When its content is removed for good.', '2026-10-09T09:00:01Z')),
    },
    { description: 'Which event came to its end, and why.' },
  ),
  rules: [
    'It is not done while a legal hold is on the event.',
    'Read models drop the event; its leaf stays in the log, so that the proofs hold.',
    'The content is still there until the EventPermanentlyDeleted, and can be read by nobody in the product.',
  ],
  personal: [],
  retention: retention.proof,
  monitoring: {
    metrics: [
      'Events that came to their end, by reason and policy.',
      'Events past expiresAt that are still shown.',
    ],
    alerts: ['More than twice the usual number of events came to their end in a day.'],
  },
  examples: [
    {
      eventId: 'k8s-0f2d7b5e-41f2-4f0c-9f24-2a6d9a0f8c11',
      tombstoneReason: 'retention-expired',
      tombstonedAt: '2026-09-09T09:00:01Z',
      policyId: 'tp-retention-default',
      tombstonedBy: 'retention-service',
      deleteAfter: '2026-10-09T09:00:01Z',
    },
    {
      eventId: 'ct-8b2f6d7c-3b54-4a0e-9a43-5d2b8f4b7a10',
      tombstoneReason: 'erasure-request',
      tombstonedAt: '2026-06-12T07:30:00Z',
    },
  ],
})

export const EventPermanentlyDeleted = defineEvent({
  ...common,
  type: 'EventPermanentlyDeleted',
  summary: 'The content of an audit event was removed for good; only its place in the log is left.',
  consumers: ['Query Service', 'Integrity Service'],
  orderingKey: event => event.payload.eventId,
  idempotencyKey: event => event.payload.eventId,
  payload: Type.Object(
    {
      eventId,
      deletionReason: id(
        'Why: retention-expired, erasure-request, tenant-deleted, or what a person gave as the reason in a word.',
        'erasure-request',
      ),
      deletedBy: id('Person or service that did it.', 'retention-service'),
      deletedAt: Type.Optional(time('When it was done.')),
      legalBasis: Type.Optional(
        oneOf(
          ['gdpr-article-17', 'retention-limit', 'contract-end', 'court-order'],
          'What made it lawful.',
          'gdpr-article-17',
        ),
      ),
      requestId: Type.Optional(id('Request that led to it.', 'dsr-2026-0117')),
      leafIndex: Type.Optional(count("Index of its leaf in the tenant's log, from 0.", 4711)),
      isArchiveCleared: Type.Optional(flag('Whether its copy in the archive is gone too.', true)),
    },
    { description: "Which event's content is gone, and why." },
  ),
  rules: [
    'It is written after the content is gone, not before.',
    'It is not done while a legal hold is on the event.',
    'The leaf and all hashes stay, so the log verifies as before and this record explains the absence.',
    'It names neither the person whose data it was nor anything of the content.',
  ],
  personal: [],
  retention: retention.proof,
  monitoring: {
    metrics: ['Removed events by reason.', 'Time from a tombstone or an erasure request to the removal.'],
    alerts: [
      'An erasure request is older than 25 days and its events are still there.',
      'The integrity check finds absent content that no such record explains.',
    ],
  },
  examples: [
    {
      eventId: 'ct-8b2f6d7c-3b54-4a0e-9a43-5d2b8f4b7a10',
      deletionReason: 'erasure-request',
      deletedBy: 'usr-privacy-3',
      deletedAt: '2026-06-12T07:31:12Z',
      legalBasis: 'gdpr-article-17',
      requestId: 'dsr-2026-0117',
      leafIndex: 4711,
      isArchiveCleared: true,
    },
    {
      eventId: 'k8s-0f2d7b5e-41f2-4f0c-9f24-2a6d9a0f8c11',
      deletionReason: 'retention-expired',
      deletedBy: 'retention-service',
    },
  ],
})
