import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, oneOf, text } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

export const UserActivityRecorded = defineEvent({
  type: 'UserActivityRecorded',
  version: '1.0',
  kind: 'integration',
  topic: 'audit',
  summary: 'A user did something in the user interface that is worth a record.',
  producer: 'UI Components',
  consumers: ['audit-storage-service', 'audit-dashboard-realtime'],
  aggregate: 'UserActivity',
  orderingKey: event => event.payload.userId,
  idempotencyKey: event => `${event.payload.userId}:${event.payload.activity}:${event.occurredAt}`,
  payload: Type.Object(
    {
      userId: id('Opaque id of the user; never a name or an address.', 'usr-12'),
      activity: id('What was done, dotted.', 'export.downloaded'),
      outcome: Type.Optional(oneOf(['success', 'failure', 'denied'], 'How it ended.', 'success')),
      entityId: Type.Optional(id('Entity that it was done on.', 'project-88')),
      entityType: Type.Optional(id('Kind of the entity.', 'Project')),
      component: Type.Optional(id('Part of the product in which it was done.', 'export-dialog')),
      route: Type.Optional(text('Page by its pattern, without what fills it.', '/projects/:id/exports', 256)),
      sessionId: Type.Optional(id('Session for records; not the secret that opens it.', 'ses-90be')),
      detail: Type.Optional(
        text('What else is worth knowing, in words.', 'Search for overdue invoices', 1000),
      ),
      durationMs: Type.Optional(count('Milliseconds that it took the user.', 2150)),
    },
    { description: 'Who did what, on which entity, and how it ended.' },
  ),
  rules: [
    'Only what the tenant has said to record is recorded; moves of the mouse and keys pressed never are.',
    'Pages are named by their pattern, for their addresses may hold names.',
    'It is what the browser says: services record for themselves what they did.',
  ],
  personal: [{ pointer: '/detail', subject: '/userId', kind: 'free-text' }],
  retention: retention.security,
  retry: retry.audit,
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Count of activities, by kind and outcome.', 'Delay from the activity to its record.'],
    alerts: ['A user downloads more than 100 exports in an hour.'],
  },
  examples: [
    {
      userId: 'usr-12',
      activity: 'export.downloaded',
      outcome: 'success',
      entityId: 'project-88',
      entityType: 'Project',
      component: 'export-dialog',
      route: '/projects/:id/exports',
      sessionId: 'ses-90be',
      durationMs: 2150,
    },
    {
      userId: 'usr-13',
      activity: 'invoice.searched',
      detail: 'Search for "overdue, over 1000"',
    },
  ],
})
