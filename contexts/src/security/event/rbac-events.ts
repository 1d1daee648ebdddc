import { defineEvent } from 'keelson'
import Type from 'typebox'
import { flag, id, list, note, oneOf, text } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'rbac',
  consumers: ['audit-logger', 'permission-cache-invalidator'],
  retry: retry.rbac,
} as const

const permission = id('Permission, as resource and action.', 'invoices:approve')
const entityType = id('Kind of the entity.', 'Project')

export const PermissionChecked = defineEvent({
  ...common,
  type: 'PermissionChecked',
  summary: 'It was asked whether somebody may do something on an entity, and answered.',
  producer: 'RBAC Service / UI permission checks',
  aggregate: 'PermissionCheck',
  orderingKey: event => event.payload.entityId,
  idempotencyKey: event => event.eventId,
  payload: Type.Object(
    {
      permission,
      entityId: id(
        'Entity that it was asked about; the id of the tenant where it was all of it.',
        'project-88',
      ),
      outcome: oneOf(['allowed', 'denied'], 'What was answered.', 'denied'),
      userId: Type.Optional(id('Opaque id of the user who wants to act.', 'usr-12')),
      serviceId: Type.Optional(id('Service that wants to act, where it is no user.', 'svc-billing')),
      entityType: Type.Optional(entityType),
      roles: Type.Optional(list(id('Code of a role.', 'viewer'), 'Roles that were looked at.', ['viewer'])),
      reason: Type.Optional(
        id('Why, in a word: roleGrants, roleMissing, entityBoundary, suspended …', 'roleMissing'),
      ),
      component: Type.Optional(id('Part of the product that asked.', 'invoice-toolbar')),
      isCached: Type.Optional(flag('Whether the answer came from a cache.', false)),
      targetTenantId: Type.Optional(id('Tenant acted on, where it is another one.', 'globex')),
    },
    { description: 'What was asked, about which entity, and what was answered.' },
  ),
  rules: [
    'The entity is always named, and the answer is for it alone.',
    'An answer in the user interface only hides or shows; the service that acts asks again.',
    'A check across tenants names the other tenant, and is allowed only with a permission for just that.',
  ],
  personal: [],
  retention: {
    period: 'P1Y',
    basis: 'Reviews of access look back a year; refusals beyond that explain nothing.',
  },
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Count of checks, by permission and outcome.', 'Share of answers from the cache.'],
    alerts: [
      'One user is denied more than 50 times in 5 minutes.',
      'A check across tenants is allowed to somebody who is no platform administrator.',
    ],
  },
  examples: [
    {
      permission: 'invoices:approve',
      entityId: 'project-88',
      outcome: 'denied',
      userId: 'usr-12',
      entityType: 'Project',
      roles: ['viewer'],
      reason: 'roleMissing',
      component: 'invoice-toolbar',
      isCached: false,
    },
    {
      permission: 'invoices:read',
      entityId: 'globex',
      outcome: 'allowed',
      serviceId: 'svc-billing',
      isCached: true,
      targetTenantId: 'globex',
    },
  ],
})

export const RoleRevoked = defineEvent({
  ...common,
  type: 'RoleRevoked',
  summary: 'A role was taken from a user, or ended by itself.',
  producer: 'RBAC Service',
  aggregate: 'User',
  orderingKey: event => event.payload.userId,
  idempotencyKey: event =>
    `${event.payload.userId}:${event.payload.role}:${event.payload.entityId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      userId: id('Opaque id of the user; never a name or an address.', 'usr-12'),
      role: id('Code of the role.', 'editor'),
      entityId: id('Entity that it was for; the id of the tenant where it was all of it.', 'project-88'),
      entityType: Type.Optional(entityType),
      reason: Type.Optional(id('Why: expired, reviewed, userLeft, dutiesConflict, incident …', 'expired')),
      revokedBy: Type.Optional(id('Opaque id of the user or service that took it.', 'usr-7a10')),
      note: Type.Optional(note('Background to it.', 'Found in the quarterly review.')),
    },
    { description: 'Who no longer has which role, and where.' },
  ),
  rules: [
    'The user had the role on that entity until now.',
    'What only this role permitted is denied from the next check on; cached permissions are thrown away.',
    'Roles that the user has on other entities stay as they are.',
  ],
  personal: [{ pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' }],
  retention: retention.evidence,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: ['Count of revoked roles, by role and reason.', 'Time until the last cache has dropped them.'],
    alerts: ['A cache still answers by a revoked role 60 seconds later.'],
  },
  examples: [
    {
      userId: 'usr-12',
      role: 'editor',
      entityId: 'project-88',
      entityType: 'Project',
      reason: 'reviewed',
      revokedBy: 'usr-7a10',
      note: { authorId: 'usr-7a10', text: 'Not used for three months.' },
    },
    { userId: 'usr-13', role: 'tenant-admin', entityId: 'blue-heron', reason: 'expired' },
  ],
})

export const PermissionConfigurationChanged = defineEvent({
  ...common,
  type: 'PermissionConfigurationChanged',
  summary: 'What a role permits was changed.',
  producer: 'RBAC Service',
  aggregate: 'Role',
  orderingKey: event => event.payload.role,
  idempotencyKey: event => event.eventId,
  payload: Type.Object(
    {
      role: id('Code of the role.', 'editor'),
      permission,
      change: oneOf(['added', 'removed', 'restricted'], 'What became of the permission.', 'added'),
      condition: Type.Optional(
        text('Condition under which it holds, where there is one.', 'amount < 1000', 1024),
      ),
      entityId: id('Entity that it holds for; the id of the tenant where it is all of it.', 'project-88'),
      changedBy: Type.Optional(id('Opaque id of the user or service that changed it.', 'usr-7a10')),
      approvalRequestId: Type.Optional(id('Approval that it rests on, where one was needed.', 'apr-91c2')),
      note: Type.Optional(note('Why it was changed.', 'Editors approve small invoices now.')),
    },
    { description: 'Which role, which permission, and what became of it.' },
  ),
  rules: [
    'The change holds for everybody who has the role, from the next check on.',
    'One event is about one permission; a role that is changed as a whole makes an event for each.',
    'A condition speaks of members of what is acted on and never of single persons.',
  ],
  personal: [{ pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' }],
  retention: retention.evidence,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: ['Count of changes, by role.', 'Number of permissions that each role has.'],
    alerts: ['A permission that was never given to a role before is added without an approval.'],
  },
  examples: [
    {
      role: 'editor',
      permission: 'invoices:approve',
      change: 'restricted',
      condition: 'amount < 1000',
      entityId: 'project-88',
      changedBy: 'usr-7a10',
      approvalRequestId: 'apr-91c2',
      note: { authorId: 'usr-7a10', text: 'Editors approve small invoices from July on.' },
    },
    {
      role: 'viewer',
      permission: 'exports:write',
      change: 'removed',
      entityId: 'blue-heron',
      changedBy: 'svc-provisioning',
    },
  ],
})
