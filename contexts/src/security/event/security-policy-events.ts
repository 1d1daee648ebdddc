import { defineEvent } from 'keelson'
import Type from 'typebox'
import { flag, id, note, text } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'security',
  producer: 'Authentication Service',
  consumers: ['audit-logger', 'metrics-service', 'alert-service'],
  retention: retention.security,
  retry: retry.security,
  deadLetter: deadLetter.page,
} as const

export const SecurityConfigurationChanged = defineEvent({
  ...common,
  type: 'SecurityConfigurationChanged',
  summary: 'A setting that security rests on was changed.',
  aggregate: 'SecurityConfiguration',
  orderingKey: event => event.payload.setting,
  idempotencyKey: event => event.eventId,
  payload: Type.Object(
    {
      setting: id('Name of the setting, dotted.', 'session.idle-timeout'),
      previousValue: Type.Optional(text('Value before.', 'PT8H', 1024)),
      newValue: Type.Optional(
        text('Value from now on; absent: it was removed or is withheld.', 'PT30M', 1024),
      ),
      isValueWithheld: Type.Optional(
        flag('Whether the values are left out because they are secret or name a person.', true),
      ),
      entityId: Type.Optional(id('Entity that it holds for; absent: the whole tenant.', 'project-88')),
      weakens: Type.Optional(flag('Whether the change makes protection weaker.', false)),
      changedBy: Type.Optional(id('Opaque id of the user or service that changed it.', 'usr-7a10')),
      approvalRequestId: Type.Optional(id('Approval that it rests on, where one was needed.', 'apr-91c2')),
      note: Type.Optional(note('Why it was changed.', 'Asked for by the auditors.')),
    },
    { description: 'Which setting, from what to what, and by whom.' },
  ),
  rules: [
    'Secrets, and values that name or point to a person, are left out: the event says that they are withheld.',
    'The setting holds from the time of the event on, for sessions that are open too.',
  ],
  personal: [{ pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' }],
  monitoring: {
    metrics: ['Count of changes, by setting.', 'Changes that make protection weaker.'],
    alerts: ['A change makes protection weaker and rests on no approval.'],
  },
  examples: [
    {
      setting: 'session.idle-timeout',
      previousValue: 'PT8H',
      newValue: 'PT30M',
      weakens: false,
      changedBy: 'usr-7a10',
      note: { authorId: 'usr-7a10', text: 'The auditors asked for half an hour at most.' },
    },
    {
      setting: 'sso.client-secret',
      isValueWithheld: true,
      entityId: 'contoso-entra',
      changedBy: 'svc-rotation',
      approvalRequestId: 'apr-91c2',
    },
  ],
})

export const SecurityPolicyEnforced = defineEvent({
  ...common,
  type: 'SecurityPolicyEnforced',
  summary: 'A security policy stepped in and stopped, limited or changed something.',
  aggregate: 'SecurityPolicy',
  orderingKey: event => event.payload.policyId,
  idempotencyKey: event => event.eventId,
  payload: Type.Object(
    {
      policyId: id('Policy that stepped in.', 'secpol-geo'),
      policyVersion: Type.Optional(id('Version of the policy, in the words of whoever keeps it.', '7')),
      measure: id('What it did: blocked, challenged, sessionEnded, accountLocked, rateLimited …', 'blocked'),
      reason: Type.Optional(id('Rule of the policy that applied.', 'country-not-allowed')),
      operation: Type.Optional(id('What was being done.', 'export.download')),
      entityId: Type.Optional(id('Entity that it was done on.', 'project-88')),
      affected: Type.Optional(
        Type.Object(
          {
            userId: id('Opaque id of the user.', 'usr-12'),
            sessionId: Type.Optional(id('Session for records; not the secret that opens it.', 'ses-90be')),
            ipAddress: Type.Optional(text('Address that the call came from.', '203.0.113.7', 64)),
            userAgent: Type.Optional(text('User agent as the caller sent it.', 'curl/8.5.0', 1024)),
          },
          { description: 'Whom it met, where it was a person.' },
        ),
      ),
      isDryRun: Type.Optional(flag('Whether the policy is on trial and only reports.', false)),
    },
    { description: 'Which policy did what, to whom, and why.' },
  ),
  rules: [
    'The measure has taken effect when the event is published, unless the policy is on trial.',
    'One call that several policies stop makes an event for each.',
    'Letting something pass is no enforcement and makes no event.',
  ],
  personal: [
    { pointer: '/affected/ipAddress', subject: '/affected/userId', kind: 'ip-address' },
    { pointer: '/affected/userAgent', subject: '/affected/userId', kind: 'user-agent' },
  ],
  monitoring: {
    metrics: ['Count of measures, by policy and kind.', 'Users met by a policy per day.'],
    alerts: ['A policy meets ten times as many users in an hour as in the same hour of the week before.'],
  },
  examples: [
    {
      policyId: 'secpol-geo',
      policyVersion: '7',
      measure: 'blocked',
      reason: 'country-not-allowed',
      operation: 'export.download',
      entityId: 'project-88',
      affected: {
        userId: 'usr-12',
        sessionId: 'ses-90be',
        ipAddress: '203.0.113.7',
        userAgent: 'curl/8.5.0',
      },
    },
    { policyId: 'secpol-rate', measure: 'rateLimited', operation: 'events.publish', isDryRun: true },
  ],
})
