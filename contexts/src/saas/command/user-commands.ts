import { defineCommand } from 'keelson'
import Type from 'typebox'
import { id, list, note, text, time } from '../../definition/field.ts'

const userId = id('Opaque id of the user; never a name or an address.', 'usr-12')

export const InviteUser = defineCommand({
  type: 'InviteUser',
  version: '1.0',
  summary: 'Invites somebody to join the tenant as a user, or renews an invitation.',
  aggregate: 'User',
  target: payload => payload.userId,
  payload: Type.Object(
    {
      userId,
      email: text('E-mail address that the invitation goes to.', 'noor@contoso.example', 320),
      displayName: Type.Optional(text('Name to show.', 'Noor Haddad', 200)),
      roles: Type.Optional(
        list(id('Code of a role.', 'editor'), 'Roles that the user is to have.', ['editor']),
      ),
      locale: Type.Optional(text('Language to write to the user in, a BCP 47 tag.', 'ar-LB', 35)),
      expiresAt: Type.Optional(time('Until when it can be accepted.', '2026-06-18T09:00:00Z')),
      note: Type.Optional(note('Words to go with the invitation.', 'Welcome to the team!')),
    },
    { description: 'Whom to invite, and to which roles.' },
  ),
  emits: ['UserInvited'],
  rejections: [
    { code: 'user_already_active', when: 'The user has accepted an invitation before.' },
    { code: 'email_taken', when: 'Another user of the tenant has this address.' },
    { code: 'role_unknown', when: 'The tenant has no role of that code.' },
    { code: 'seats_exhausted', when: 'The edition allows no further users.' },
  ],
  permission: 'users:write',
  personal: [
    { pointer: '/email', subject: '/userId', kind: 'email' },
    { pointer: '/displayName', subject: '/userId', kind: 'name' },
    { pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' },
  ],
  rules: [
    'Whoever invites can only give roles that it may assign.',
    'A repeated invitation replaces the one before, which can then no longer be accepted.',
  ],
  examples: [
    {
      userId: 'usr-12',
      email: 'noor@contoso.example',
      displayName: 'Noor Haddad',
      roles: ['editor'],
      locale: 'ar-LB',
      expiresAt: '2026-06-18T09:00:00Z',
      note: { authorId: 'usr-7a10', text: 'You said that you would join us for the launch.' },
    },
    { userId: 'usr-13', email: 'joao@heron.example' },
  ],
})

export const AssignRole = defineCommand({
  type: 'AssignRole',
  version: '1.0',
  summary: 'Gives a user a role, for the whole tenant or for one entity in it.',
  aggregate: 'User',
  target: payload => payload.userId,
  payload: Type.Object(
    {
      userId,
      role: id('Code of the role.', 'editor'),
      entityId: id('Entity that it is for; the id of the tenant where it is all of it.', 'project-88'),
      entityType: Type.Optional(id('Kind of the entity.', 'Project')),
      approvalRequestId: Type.Optional(id('Approval that it rests on, where one is needed.', 'apr-91c2')),
      expiresAt: Type.Optional(time('When the role is to end by itself.', '2026-06-30T18:00:00Z')),
      note: Type.Optional(note('Why the user needs it.', 'Stands in during the holidays.')),
    },
    { description: 'Who is to have which role, where, and until when.' },
  ),
  emits: ['RoleAssigned'],
  rejections: [
    { code: 'user_unknown', when: 'The tenant has no such user, or the user has left.' },
    { code: 'role_unknown', when: 'The tenant has no role of that code.' },
    { code: 'role_already_assigned', when: 'The user has the role there, and until that time, already.' },
    {
      code: 'duties_conflict',
      when: 'With the roles that the user has, one person could do what needs two.',
    },
    { code: 'approval_required', when: 'The role needs an approval, and none that holds was named.' },
  ],
  permission: 'roles:write',
  personal: [{ pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' }],
  rules: [
    'Nobody gives a role to themselves.',
    'Nobody gives a role that permits more than they are permitted on that entity.',
  ],
  examples: [
    {
      userId: 'usr-12',
      role: 'editor',
      entityId: 'project-88',
      entityType: 'Project',
      expiresAt: '2026-06-30T18:00:00Z',
      note: { authorId: 'usr-7a10', text: 'Stands in for a colleague until the end of June.' },
    },
    { userId: 'usr-13', role: 'tenant-admin', entityId: 'blue-heron', approvalRequestId: 'apr-91c2' },
  ],
})
