import type { PayloadOf } from 'keelson'
import { defineEvent } from 'keelson'
import Type from 'typebox'

const text = (description: string, maxLength = 512) => Type.String({ description, minLength: 1, maxLength })

export const Actor = Type.Object(
  {
    type: Type.Enum(['user', 'service', 'system', 'anonymous'], {
      description: 'What kind of actor it was.',
    }),
    id: text('Stable id of the actor at the source.'),
    name: Type.Optional(text('Name to show.')),
    email: Type.Optional(text('E-mail address, where the source gives one.')),
    onBehalfOf: Type.Optional(
      text('Id of whoever the actor acted for: an assumed role, an impersonated user, an app.'),
    ),
  },
  { description: 'Who did it.' },
)

export const Resource = Type.Object(
  {
    type: text('Kind of the resource, such as repository, bucket or pods.', 200),
    id: text('Stable id of the resource at the source.', 1024),
    name: Type.Optional(text('Name to show.')),
    url: Type.Optional(text('Where people can look at it.', 2048)),
  },
  { description: 'What it was done to.' },
)

export const Origin = Type.Object(
  {
    address: Type.Optional(text('IP address of the caller.', 100)),
    userAgent: Type.Optional(text('User agent of the caller.', 1024)),
    location: Type.Optional(text('Region, cluster or site in which it happened.')),
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
  payload: Type.Object(
    {
      eventId: Type.Optional(
        text('Id of the record at its source: a delivery id, CloudTrail eventID, Kubernetes auditID.'),
      ),
      tenantId: Type.Optional(
        text('Tenant or account at the source; the owner in Keelson is the tenant of the envelope.'),
      ),
      timestamp: Type.Optional(
        text('Time as the source wrote it, where its precision or zone differ from occurredAt.', 64),
      ),
      actor: Actor,
      action: text(
        'What was done, dotted and past the source prefix: pull_request.opened, iam.CreateUser, pods.create.',
        200,
      ),
      resource: Resource,
      outcome: Type.Enum(['success', 'failure', 'denied', 'unknown'], { description: 'How it ended.' }),
      reason: Type.Optional(text('Why it failed or was denied: an error code or message.', 2048)),
      origin: Type.Optional(Origin),
      summary: Type.Optional(text('One line for people.', 500)),
      payload: Type.Optional(Type.Unknown({ description: "The source's own record, unchanged." })),
    },
    { description: 'Who did what to which resource, with what outcome.' },
  ),
  personal: [
    { pointer: '/actor/name', subject: '/actor/id' },
    { pointer: '/actor/email', subject: '/actor/id' },
    { pointer: '/origin/address', subject: '/actor/id' },
    { pointer: '/origin/userAgent', subject: '/actor/id' },
  ],
  retry: { attempts: 3, backoff: 'exponential', initialDelay: 100, maxDelay: 5000 },
  examples: [
    {
      eventId: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      actor: { type: 'user', id: '21031067', name: 'Codertocat' },
      action: 'pull_request.opened',
      resource: {
        type: 'pull_request',
        id: 'Codertocat/Hello-World#2',
        name: 'Update the README with new information.',
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
  ],
})

export type AuditEventPayload = PayloadOf<typeof AuditEventReceived>
