import { defineEvent } from 'keelson'
import Type from 'typebox'
import { id, list, note, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const userId = id('Opaque id of the user; never a name or an address.', 'usr-12')
const displayName = text('Name to show.', 'Noor Haddad', 200)
const email = text('E-mail address.', 'noor@contoso.example', 320)
const invitationId = id('Id of the invitation.', 'inv-5e02')
const roles = (description: string) => list(id('Code of a role.', 'editor'), description, ['editor'])

const namedBy = [
  { pointer: '/displayName', subject: '/userId', kind: 'name' },
  { pointer: '/email', subject: '/userId', kind: 'email' },
] as const

export const UserInvited = defineEvent({
  type: 'UserInvited',
  version: '1.0',
  kind: 'integration',
  topic: 'identity-events',
  summary: 'Somebody was asked to join a tenant as a user and has yet to accept.',
  producer: 'Identity Service',
  consumers: ['Notification', 'Audit'],
  aggregate: 'User',
  orderingKey: event => event.payload.userId,
  idempotencyKey: event => `${event.payload.userId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      userId,
      email: Type.Optional(
        text(
          'E-mail address that the invitation goes to; absent once it is erased.',
          'noor@contoso.example',
          320,
        ),
      ),
      displayName: Type.Optional(displayName),
      invitationId: Type.Optional(invitationId),
      roles: Type.Optional(roles('Roles that the user will have.')),
      locale: Type.Optional(text('Language to write to the user in, a BCP 47 tag.', 'ar-LB', 35)),
      invitedBy: Type.Optional(id('Opaque id of the user or service that invites.', 'usr-7a10')),
      expiresAt: Type.Optional(time('Until when it can be accepted.', '2026-06-18T09:00:00Z')),
      note: Type.Optional(note('Words to go with the invitation.', 'Welcome to the team!')),
    },
    { description: 'Who is invited, to which roles, and until when.' },
  ),
  rules: [
    'The user has no access yet: roles in the invitation are given when it is accepted.',
    'A renewed invitation is a new event, and the one before it can no longer be accepted.',
    'The link or code with which it is accepted is a secret and never stands in the event.',
    'The address is there when the event is published, as InviteUser demands it; the schema lets it be absent because it can be erased.',
  ],
  personal: [...namedBy, { pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' }],
  retention: retention.business,
  retry: retry.worker,
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Count of invitations.', 'Share of invitations that are accepted, and time until then.'],
    alerts: ['One tenant sends more than 500 invitations in an hour.'],
  },
  examples: [
    {
      userId: 'usr-12',
      email: 'noor@contoso.example',
      displayName: 'Noor Haddad',
      invitationId: 'inv-5e02',
      roles: ['editor'],
      locale: 'ar-LB',
      invitedBy: 'usr-7a10',
      expiresAt: '2026-06-18T09:00:00Z',
      note: { authorId: 'usr-7a10', text: 'You said that you would join us for the launch.' },
    },
    { userId: 'usr-13', email: 'joao@heron.example', roles: ['viewer', 'billing'] },
  ],
})

export const UserActivated = defineEvent({
  type: 'UserActivated',
  version: '1.0',
  kind: 'domain',
  topic: 'identity-events',
  summary: 'An invited user took the last step of joining and can now sign in.',
  producer: 'Identity Service',
  consumers: ['Notification', 'Audit'],
  aggregate: 'User',
  orderingKey: event => event.payload.userId,
  idempotencyKey: event => `${event.payload.userId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      userId,
      displayName: Type.Optional(displayName),
      email: Type.Optional(email),
      invitationId: Type.Optional(invitationId),
      method: Type.Optional(id('How the user signs in: password, passkey, sso …', 'passkey')),
      identityProvider: Type.Optional(id('Who vouches for the user, with single sign-on.', 'contoso-entra')),
      roles: Type.Optional(roles('Roles that the user has from now on.')),
    },
    { description: 'Who can now sign in, and how.' },
  ),
  rules: [
    'An invitation of the same user comes before it in the stream of the user.',
    'It happens once for each invitation; a user who is locked and unlocked later is not activated anew.',
  ],
  personal: [...namedBy],
  retention: retention.business,
  retry: retry.worker,
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Count of activated users, by method.', 'Time from the invitation to the activation.'],
  },
  examples: [
    {
      userId: 'usr-12',
      displayName: 'Noor Haddad',
      email: 'noor@contoso.example',
      invitationId: 'inv-5e02',
      method: 'sso',
      identityProvider: 'contoso-entra',
      roles: ['editor'],
    },
    { userId: 'usr-13', method: 'passkey' },
  ],
})

export const RoleAssigned = defineEvent({
  type: 'RoleAssigned',
  version: '1.0',
  kind: 'domain',
  topic: 'identity-events',
  alsoOn: ['rbac'],
  summary: 'A user was given a role, for the whole tenant or for one entity in it.',
  producer: 'Identity Service',
  consumers: ['Notification', 'Audit'],
  aggregate: 'User',
  orderingKey: event => event.payload.userId,
  idempotencyKey: event =>
    `${event.payload.userId}:${event.payload.role}:${event.payload.entityId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      userId,
      role: id('Code of the role.', 'editor'),
      entityId: id('Entity that it is for; the id of the tenant where it is all of it.', 'project-88'),
      entityType: Type.Optional(id('Kind of the entity.', 'Project')),
      assignedBy: Type.Optional(id('Opaque id of the user or service that gave it.', 'usr-7a10')),
      approvalRequestId: Type.Optional(id('Approval that it rests on, where one was needed.', 'apr-91c2')),
      expiresAt: Type.Optional(time('When the role ends by itself.', '2026-06-30T18:00:00Z')),
      note: Type.Optional(note('Why the user needs it.', 'Stands in during the holidays.')),
    },
    { description: 'Who has which role from now on, where, and until when.' },
  ),
  rules: [
    'The user did not have the role on that entity before, or not for as long.',
    'The entity is always named, as in RoleRevoked: nothing is given for the whole tenant by leaving it out.',
    'What the role permits holds from the next check that no cache answers; whoever caches permissions hears of it on the channel rbac.',
    'A role that ends by itself is followed by RoleRevoked when its time is over.',
  ],
  personal: [{ pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' }],
  retention: retention.evidence,
  retry: retry.worker,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: ['Count of assignments, by role.', 'Users who hold a role with administrative rights.'],
    alerts: [
      'A role with administrative rights is given outside working hours.',
      'A user gives a role to itself.',
    ],
  },
  examples: [
    {
      userId: 'usr-12',
      role: 'editor',
      entityId: 'project-88',
      entityType: 'Project',
      assignedBy: 'usr-7a10',
      expiresAt: '2026-06-30T18:00:00Z',
      note: { authorId: 'usr-7a10', text: 'Stands in for a colleague until the end of June.' },
    },
    {
      userId: 'usr-13',
      role: 'tenant-admin',
      entityId: 'blue-heron',
      assignedBy: 'svc-provisioning',
      approvalRequestId: 'apr-91c2',
    },
  ],
})
