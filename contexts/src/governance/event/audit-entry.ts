import Type from 'typebox'
import { id, list, note, oneOf, text, time } from '../../definition/field.ts'

/** What an audit entry says, as it is asked for and as it is recorded. */
export const auditEntryFacts = {
  action: id('What was done, dotted.', 'approval.granted'),
  actor: Type.Object(
    {
      type: oneOf(['User', 'Agent', 'Service', 'System'], 'What kind of actor it was.', 'User'),
      id: id('Id of the actor.', 'usr-12'),
      name: Type.Optional(text('Name to show.', 'Ada Byron', 200)),
      role: Type.Optional(id('Role in which it acted.', 'SecurityLead')),
      onBehalfOf: Type.Optional(id('Id of whoever it acted for.', 'usr-40')),
      ipAddress: Type.Optional(text('Address from which it acted.', '203.0.113.7', 100)),
      userAgent: Type.Optional(text('User agent with which it acted.', 'Mozilla/5.0', 1024)),
    },
    { description: 'Who did it.' },
  ),
  resource: Type.Optional(
    Type.Object(
      {
        type: id('Kind of the resource.', 'ApprovalRequest'),
        id: text('Id of the resource.', 'apr-91c2', 1024),
        name: Type.Optional(text('Name to show.', 'Promotion of the reservations API')),
      },
      { description: 'What it was done to.' },
    ),
  ),
  outcome: Type.Optional(oneOf(['Success', 'Failure', 'Denied'], 'How it ended.', 'Success')),
  reason: Type.Optional(id('Why it failed or was denied, in a word.', 'approver_not_entitled')),
  note: Type.Optional(note('What the actor had to say.', 'Asked on behalf of the release team.')),
  category: Type.Optional(
    id('Kind of entry, such as policy, approval, access, export or finding.', 'approval'),
  ),
  happenedAt: Type.Optional(time('When it was done, where that is earlier than it was recorded.')),
  relatedIds: Type.Optional(
    list(
      Type.Object({
        kind: id('What the id is of.', 'policyDecision'),
        id: id('The id.', 'dec-4d21ab'),
      }),
      'Decisions, approvals, findings and reports that it belongs to.',
      [{ kind: 'policyDecision', id: 'dec-4d21ab' }],
      { maxItems: 50 },
    ),
  ),
  details: Type.Optional(
    Type.Unknown({ description: 'What else is worth keeping; no personal data.', examples: [{ quorum: 2 }] }),
  ),
}
