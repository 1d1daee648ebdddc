import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, flag, id, oneOf, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const eventId = id('Event that was delivered.', 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958')
const webhookId = id('Webhook that it was for.', 'whk-19c4')
const deliveryId = Type.Optional(id('Id of the delivery, as sent along with it.', 'dlv-01JZ4Q7'))
const attempt = (example: number) => Type.Optional(count('Attempt of this delivery, from 1.', example, 1))
const statusCode = (example: number, minimum: number, maximum: number) =>
  Type.Optional(
    Type.Integer({
      description: 'HTTP status of the answer.',
      minimum,
      maximum,
      examples: [example],
    }),
  )
const durationMs = Type.Optional(count('Milliseconds from sending to the answer.', 84))

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'audit.delivery',
  producer: 'Delivery Service',
  personal: [],
  retention: retention.operations,
  retry: retry.audit,
  deadLetter: deadLetter.shown,
} as const

export const SIEMEventPublished = defineEvent({
  ...common,
  type: 'SIEMEventPublished',
  summary: 'An event was handed to a system of security monitoring, which has it now.',
  consumers: ['Monitoring'],
  aggregate: 'Destination',
  orderingKey: event => event.payload.destinationId,
  idempotencyKey: event => `${event.payload.destinationId}:${event.payload.eventId}`,
  payload: Type.Object(
    {
      eventId,
      destinationId: id('System that has it.', 'dst-splunk-eu'),
      destinationType: Type.Optional(id('Kind of the system: splunk, sentinel, elastic, syslog.', 'splunk')),
      format: Type.Optional(
        oneOf(
          ['json', 'cef', 'leef', 'ocsf', 'syslog'],
          'Form in which it was sent: JSON, ArcSight CEF, QRadar LEEF, OCSF (the Open Cybersecurity Schema Framework) or syslog (RFC 5424).',
          'ocsf',
        ),
      ),
      batchId: Type.Optional(id('Batch that it was part of.', 'siem-20260611-0412')),
      bytes: Type.Optional(count('Bytes of the event as sent.', 1_204)),
      attempt: attempt(1),
      durationMs,
      publishedAt: Type.Optional(time('When the system took it.')),
    },
    { description: 'Which event, to which system.' },
  ),
  rules: [
    'The system has said that it took the event; sending alone is not enough.',
    'The event may have reached the system more than once, always with the same id.',
    'Personal fields went along only where the destination is allowed to have them.',
  ],
  monitoring: {
    metrics: [
      'Events published per destination.',
      'How far each destination is behind the log, in events and seconds.',
    ],
    alerts: ['A destination is more than five minutes behind.'],
  },
  examples: [
    {
      eventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      destinationId: 'dst-splunk-eu',
      destinationType: 'splunk',
      format: 'ocsf',
      batchId: 'siem-20260611-0412',
      bytes: 1_204,
      attempt: 1,
      durationMs: 84,
      publishedAt: '2026-06-11T09:00:02Z',
    },
    {
      eventId: 'ct-8b2f6d7c-3b54-4a0e-9a43-5d2b8f4b7a10',
      destinationId: 'dst-syslog-1',
      destinationType: 'syslog',
      format: 'cef',
    },
  ],
})

export const WebhookDelivered = defineEvent({
  ...common,
  type: 'WebhookDelivered',
  summary: "A customer's webhook took an event.",
  consumers: ['Monitoring'],
  aggregate: 'Webhook',
  orderingKey: event => event.payload.webhookId,
  idempotencyKey: event => `${event.payload.webhookId}:${event.payload.eventId}`,
  payload: Type.Object(
    {
      eventId,
      webhookId,
      deliveryId,
      statusCode: statusCode(204, 200, 299),
      attempt: attempt(2),
      durationMs,
      deliveredAt: Type.Optional(time('When the answer came.')),
    },
    { description: 'Which event, to which webhook.' },
  ),
  rules: [
    'The answer had a status of 200 to 299.',
    'What was sent was signed with the secret of the webhook.',
    'The webhook may have got the event before, where an earlier answer was lost.',
  ],
  monitoring: {
    metrics: ['Deliveries and their duration per webhook.', 'Attempts per delivery.'],
    alerts: ['The usual duration of a webhook has risen tenfold.'],
  },
  examples: [
    {
      eventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      webhookId: 'whk-19c4',
      deliveryId: 'dlv-01JZ4Q7',
      statusCode: 204,
      attempt: 2,
      durationMs: 84,
      deliveredAt: '2026-06-11T09:00:02Z',
    },
    { eventId: 'evt-4d21ab9c', webhookId: 'whk-2200', statusCode: 200 },
  ],
})

export const WebhookDeliveryFailed = defineEvent({
  ...common,
  type: 'WebhookDeliveryFailed',
  summary: "A customer's webhook did not take an event, or was not even asked to.",
  consumers: ['Monitoring', 'Alerting'],
  aggregate: 'Webhook',
  orderingKey: event => event.payload.webhookId,
  idempotencyKey: event => `${event.payload.webhookId}:${event.payload.eventId}:${event.occurredAt}`,
  retry: retry.alerting,
  deadLetter: deadLetter.ticket,
  payload: Type.Object(
    {
      eventId,
      webhookId,
      deliveryId,
      attempt: Type.Optional(count('Attempt of this delivery, from 1; absent where none was made.', 5, 1)),
      isFinal: Type.Optional(flag('Whether no further attempt is made.', true)),
      failure: Type.Optional(
        oneOf(
          ['status', 'timeout', 'connection', 'tls', 'name-resolution', 'address-forbidden'],
          'What kind of failure it was; address-forbidden: it points to a private or local address.',
          'status',
        ),
      ),
      statusCode: statusCode(503, 100, 599),
      errorMessage: Type.Optional(
        text('What was found, without the content of the answer.', 'The server answered 503.', 1024),
      ),
      durationMs,
      nextAttemptAt: Type.Optional(time('When it is tried again.', '2026-06-11T09:05:00Z')),
      failedAt: Type.Optional(time('When it failed.')),
    },
    { description: 'Which event, to which webhook, and why it failed.' },
  ),
  rules: [
    'There is one for each attempt that failed, and one where none was made because the address is forbidden.',
    'After the final one the event is a dead letter of the webhook and can be sent again from there.',
    'Where the address is forbidden nothing is sent: the event is final, and names neither an attempt nor a status.',
  ],
  monitoring: {
    metrics: ['Failed attempts per webhook and kind of failure.', 'Webhooks whose breaker is open.'],
    alerts: ['A webhook took nothing for an hour.', 'An attempt was final.'],
  },
  examples: [
    {
      eventId: 'gh-72d3162e-cc78-11e3-81ab-4c9367dc0958',
      webhookId: 'whk-19c4',
      deliveryId: 'dlv-01JZ4Q7',
      attempt: 5,
      isFinal: true,
      failure: 'status',
      statusCode: 503,
      errorMessage: 'The server answered 503.',
      durationMs: 1_020,
      failedAt: '2026-06-11T09:04:02Z',
    },
    {
      eventId: 'evt-4d21ab9c',
      webhookId: 'whk-2200',
      attempt: 1,
      isFinal: false,
      failure: 'timeout',
      nextAttemptAt: '2026-06-11T09:05:00Z',
    },
    { eventId: 'evt-4d21ab9c', webhookId: 'whk-2201', isFinal: true, failure: 'address-forbidden' },
  ],
})
