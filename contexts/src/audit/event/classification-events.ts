import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, flag, id, list, number, oneOf, sha256, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const eventId = id('Audit event that it is about.', 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958')
const pointer = text('JSON Pointer into the event.', '/payload/actor/email')

const common = {
  version: '1.0',
  kind: 'domain',
  topic: 'audit.classification',
  producer: 'Classification Service',
  aggregate: 'AuditEvent',
  personal: [],
  retention: retention.evidence,
  retry: retry.audit,
} as const

export const EventClassified = defineEvent({
  ...common,
  type: 'EventClassified',
  summary: 'An audit event was given a class, by rules or by a person.',
  consumers: ['Query Service', 'Retention Service'],
  orderingKey: event => event.payload.eventId,
  idempotencyKey: event => `${event.payload.eventId}:${event.payload.classification}:${event.correlationId}`,
  payload: Type.Object(
    {
      eventId,
      classification: id(
        "Label from the tenant's scheme, such as Public, Internal or Restricted.",
        'Restricted',
      ),
      confidence: number('How sure the rules are, from 0 to 1; 1 where a person decided.', 0.93, {
        minimum: 0,
        maximum: 1,
      }),
      classificationRules: list(
        id('Id of a rule.', 'rule-payment-data'),
        'Rules that led to the label, the deciding one first; empty where a person decided.',
        ['rule-payment-data'],
      ),
      policyId: Type.Optional(id('Tenant policy that the rules belong to.', 'tp-classify-1')),
      policyVersion: Type.Optional(count('Version of that policy.', 4, 1)),
      previousClassification: Type.Optional(id('Label that it had before.', 'Internal')),
      categories: Type.Optional(
        list(id('Category of data.', 'payment'), 'What kinds of data it holds.', ['payment']),
      ),
      classifiedBy: Type.Optional(id('Person who decided, where no rule did.', 'usr-12')),
    },
    { description: 'Which label the event has now, and why.' },
  ),
  rules: [
    'The newest one of an event holds; earlier labels stay in the log.',
    'A label that a person gave is not replaced by rules, only by another person.',
    'The label decides who may read the event and how long it is kept, so both follow after it.',
  ],
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: [
      'Classified events by label.',
      'Share of labels with a confidence below 0.7.',
      'Time from storage to label.',
    ],
    alerts: ['Events wait longer than fifteen minutes for their label.'],
  },
  examples: [
    {
      eventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      classification: 'Restricted',
      confidence: 0.93,
      classificationRules: ['rule-payment-data', 'rule-customer-repository'],
      policyId: 'tp-classify-1',
      policyVersion: 4,
      categories: ['payment', 'source-code'],
    },
    {
      eventId: 'ct-8b2f6d7c-3b54-4a0e-9a43-5d2b8f4b7a10',
      classification: 'Public',
      confidence: 1,
      classificationRules: [],
      previousClassification: 'Internal',
      classifiedBy: 'usr-12',
    },
  ],
})

export const PIIDetected = defineEvent({
  ...common,
  type: 'PIIDetected',
  summary: 'Personal data was found in an audit event, at places where the catalogue does not expect it.',
  consumers: ['Retention Service', 'Alerting'],
  orderingKey: event => event.payload.eventId,
  idempotencyKey: event => `${event.payload.eventId}:${event.correlationId}`,
  retry: retry.alerting,
  payload: Type.Object(
    {
      eventId,
      piiTypes: list(
        id('Kind of personal data.', 'email'),
        'Kinds that were found, each once.',
        ['email', 'iban'],
        { minItems: 1, isUnique: true },
      ),
      locations: list(pointer, 'Where it was found.', ['/payload/payload/note'], {
        minItems: 1,
        maxItems: 1000,
      }),
      redactionRequired: flag("Whether the tenant's policy demands that it is taken out.", true),
      findings: Type.Optional(
        list(
          Type.Object({
            piiType: id('Kind of personal data.', 'email'),
            location: pointer,
            confidence: number('How sure the detector is, from 0 to 1.', 0.99, { minimum: 0, maximum: 1 }),
          }),
          'Each find by itself, where the detector tells them apart.',
          [{ piiType: 'email', location: '/payload/payload/note', confidence: 0.99 }],
          { maxItems: 1000 },
        ),
      ),
      detector: Type.Optional(id('Detector and its version.', 'patterns-2.3')),
      policyId: Type.Optional(id('Tenant policy that demands the redaction.', 'tp-classify-1')),
    },
    { description: 'What was found and where; never the data itself.' },
  ),
  rules: [
    'It names kinds and places, and never holds the data that was found.',
    'Where redaction is required, an EventRedacted for the same event follows.',
    'Fields that their definitions name as personal are protected already and are not reported.',
  ],
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: [
      'Finds by kind and by event type.',
      'Time from a find that requires redaction to the redaction.',
    ],
    alerts: [
      'A source begins to send a kind of personal data that it never sent before.',
      'A required redaction is outstanding for an hour.',
    ],
  },
  examples: [
    {
      eventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      piiTypes: ['email', 'iban'],
      locations: ['/payload/payload/note', '/payload/payload/refund/account'],
      redactionRequired: true,
      findings: [
        { piiType: 'email', location: '/payload/payload/note', confidence: 0.99 },
        { piiType: 'iban', location: '/payload/payload/refund/account', confidence: 0.97 },
      ],
      detector: 'patterns-2.3',
      policyId: 'tp-classify-1',
    },
    {
      eventId: 'k8s-0f2d7b5e-41f2-4f0c-9f24-2a6d9a0f8c11',
      piiTypes: ['ip-address'],
      locations: ['/payload/payload/sourceIPs/0'],
      redactionRequired: false,
    },
  ],
})

export const EventRedacted = defineEvent({
  ...common,
  type: 'EventRedacted',
  summary: 'Fields of a stored audit event were taken out, and the event stays provable without them.',
  consumers: ['Query Service'],
  orderingKey: event => event.payload.eventId,
  idempotencyKey: event => `${event.payload.eventId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      eventId,
      redactedFields: list(pointer, 'What was taken out.', ['/payload/payload/note'], {
        minItems: 1,
        maxItems: 1000,
      }),
      redactionMethod: id(
        'How: removed (the field is gone), masked (a part is left) or hashed (a keyed hash stands in its place).',
        'removed',
      ),
      redactedBy: Type.Optional(id('Person or service that did it.', 'classification-service')),
      redactedAt: Type.Optional(time('When it was done.')),
      basis: Type.Optional(
        oneOf(
          ['policy-rule', 'erasure-request', 'secret-leak', 'court-order'],
          'What made it necessary.',
          'policy-rule',
        ),
      ),
      policyId: Type.Optional(id('Tenant policy that demanded it.', 'tp-classify-1')),
      bodySha256: Type.Optional(sha256('SHA-256 of the redacted body that stands in its place.')),
    },
    { description: 'What was taken out of which event, and how.' },
  ),
  rules: [
    'What was taken out is gone from the log, its archive and all read models, and cannot be brought back from any of them.',
    'The event keeps its place and its leaf hash; this record is what explains that its body differs.',
    'An event under legal hold is not redacted before the hold is released.',
  ],
  retention: retention.proof,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: ['Redactions by basis and method.', 'Read models that still show a redacted field.'],
    alerts: ['A redaction has not reached every read model within an hour.'],
  },
  examples: [
    {
      eventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      redactedFields: ['/payload/payload/note', '/payload/payload/refund/account'],
      redactionMethod: 'removed',
      redactedBy: 'classification-service',
      redactedAt: '2026-06-11T09:00:04Z',
      basis: 'policy-rule',
      policyId: 'tp-classify-1',
      bodySha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    },
    {
      eventId: 'gh-7bb0ab34-cc78-11e3-9f60-1bb6d1f3b02f',
      redactedFields: ['/payload/summary'],
      redactionMethod: 'masked',
      redactedBy: 'usr-12',
    },
  ],
})
