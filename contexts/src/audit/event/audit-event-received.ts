import type { PayloadOf } from 'keelson'
import { defineEvent } from 'keelson'
import Type from 'typebox'
import { oneOf, text } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

export const Actor = Type.Object(
  {
    type: oneOf(['user', 'service', 'system', 'anonymous'], 'What kind of actor it was.', 'user'),
    id: text('Stable id of the actor at the source.', '21031067'),
    name: Type.Optional(text('Name to show.', 'Codertocat')),
    email: Type.Optional(text('E-mail address, where the source gives one.', 'mona@example.com')),
    onBehalfOf: Type.Optional(
      text(
        'Id of whoever the actor acted for: an assumed role, an impersonated user, an app.',
        'arn:aws:iam::123456789012:role/Deploy',
      ),
    ),
  },
  { description: 'Who did it.' },
)

export const Resource = Type.Object(
  {
    type: text('Kind of the resource, such as repository, bucket or pods.', 'pull_request', 200),
    id: text('Stable id of the resource at the source.', 'Codertocat/Hello-World#2', 1024),
    name: Type.Optional(text('Name to show.', 'Update the README with new information.')),
    url: Type.Optional(
      text('Where people can look at it.', 'https://github.com/Codertocat/Hello-World/pull/2', 2048),
    ),
  },
  { description: 'What it was done to.' },
)

export const Origin = Type.Object(
  {
    address: Type.Optional(text('IP address of the caller.', '203.0.113.7', 100)),
    userAgent: Type.Optional(text('User agent of the caller.', 'aws-cli/2.17.9', 1024)),
    location: Type.Optional(text('Region, cluster or site in which it happened.', 'eu-central-1')),
  },
  { description: 'Where it came from.' },
)

/**
 * One action that someone took on something, as its source reported it. The envelope says whose it is and when it
 * happened; the payload says who did what to which resource, and keeps the source's own record.
 */
export const AuditEventReceived = defineEvent({
  type: 'AuditEventReceived',
  version: '1.0',
  kind: 'domain',
  topic: 'audit.ingestion',
  summary: 'An audit event from a product or an imported source passed validation and was stored.',
  producer: 'Ingestion API',
  consumers: ['Storage Service', 'Classification Service'],
  aggregate: 'AuditEvent',
  orderingKey: event => `${event.payload.resource.type}:${event.payload.resource.id}`,
  idempotencyKey: event => event.eventId,
  payload: Type.Object(
    {
      eventId: Type.Optional(
        text(
          'Id of the record at its source: a delivery id, CloudTrail eventID, Kubernetes auditID.',
          '72d3162e-cc78-11e3-81ab-4c9367dc0958',
        ),
      ),
      tenantId: Type.Optional(
        text(
          'Tenant or account at the source; the owner in Keelson is the tenant of the envelope.',
          '123456789012',
        ),
      ),
      timestamp: Type.Optional(
        text(
          'Time as the source wrote it, where its precision or zone differ from occurredAt.',
          '2026-06-11T11:00:01.123456+02:00',
          64,
        ),
      ),
      actor: Actor,
      action: text(
        'What was done, dotted and past the source prefix: pull_request.opened, iam.CreateUser, pods.create.',
        'pull_request.opened',
        200,
      ),
      resource: Resource,
      outcome: oneOf(['success', 'failure', 'denied', 'unknown'], 'How it ended.', 'success'),
      reason: Type.Optional(
        text('Why it failed or was denied: an error code or message.', 'RequiresApproval', 2048),
      ),
      origin: Type.Optional(Origin),
      summary: Type.Optional(
        text('One line for people.', 'Codertocat opened pull request Codertocat/Hello-World#2', 500),
      ),
      payload: Type.Optional(
        Type.Unknown({ description: "The source's own record, unchanged.", examples: [{ number: 2 }] }),
      ),
    },
    { description: 'Who did what to which resource, with what outcome.' },
  ),
  rules: [
    'It was checked against its schema before it was stored; what failed is an AuditEventValidationFailed.',
    'The same event id with the same content is stored once, however often it is sent; with other content it is refused.',
    'Once stored it is never changed: personal fields can be erased, and all else stays provable.',
  ],
  personal: [
    { pointer: '/actor/name', subject: '/actor/id', kind: 'name' },
    { pointer: '/actor/email', subject: '/actor/id', kind: 'email' },
    { pointer: '/origin/address', subject: '/actor/id', kind: 'ip-address' },
    { pointer: '/origin/userAgent', subject: '/actor/id', kind: 'user-agent' },
    { pointer: '/reason', subject: '/actor/id', kind: 'free-text' },
    { pointer: '/summary', subject: '/actor/id', kind: 'free-text' },
    { pointer: '/payload', subject: '/actor/id', kind: 'record' },
  ],
  retention: retention.evidence,
  retry: retry.ingestion,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: [
      'Audit events stored per second, by tenant and source.',
      'Time from occurredAt to recordedAt, which shows sources that fall behind.',
      'Share of repeats among what is sent.',
    ],
    alerts: [
      'A source that reported daily has been silent for a day.',
      'Audit events wait in the dead letters of storage or classification.',
    ],
  },
  examples: [
    {
      eventId: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      actor: { type: 'user', id: '21031067', name: 'Codertocat' },
      action: 'pull_request.opened',
      resource: {
        type: 'pull_request',
        id: 'Codertocat/Hello-World#2',
        name: 'Update the README with new information.',
        url: 'https://github.com/Codertocat/Hello-World/pull/2',
      },
      outcome: 'success',
      origin: { address: '203.0.113.7' },
      summary: 'Codertocat opened pull request Codertocat/Hello-World#2',
    },
    {
      actor: { type: 'service', id: 'release-bot' },
      action: 'deployment.promoted',
      resource: { type: 'environment', id: 'prod' },
      outcome: 'denied',
      reason: 'RequiresApproval',
    },
    {
      eventId: '8b2f6d7c-3b54-4a0e-9a43-5d2b8f4b7a10',
      tenantId: '123456789012',
      timestamp: '2026-06-11T11:00:01.123456+02:00',
      actor: {
        type: 'user',
        id: 'AIDACKCEVSQ6C2EXAMPLE',
        name: 'ada',
        email: 'ada@example.com',
        onBehalfOf: 'arn:aws:iam::123456789012:role/Deploy',
      },
      action: 's3.DeleteBucket',
      resource: { type: 'bucket', id: 'arn:aws:s3:::invoices-2019' },
      outcome: 'failure',
      reason: 'BucketNotEmpty',
      origin: { address: '198.51.100.23', userAgent: 'aws-cli/2.17.9', location: 'eu-central-1' },
      payload: { eventName: 'DeleteBucket', errorCode: 'BucketNotEmpty', readOnly: false },
    },
  ],
})

export type AuditEventPayload = PayloadOf<typeof AuditEventReceived>
