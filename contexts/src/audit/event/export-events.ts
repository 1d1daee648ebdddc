import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, flag, id, list, note, oneOf, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const exportId = id('Id of the export.', 'exp-7f21')

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'audit.export',
  producer: 'Export Service',
  aggregate: 'Export',
  personal: [],
  retention: retention.evidence,
  retry: retry.worker,
  deadLetter: deadLetter.page,
} as const

export const ExportRequested = defineEvent({
  ...common,
  type: 'ExportRequested',
  summary: 'Somebody asked for a copy of audit events to take away.',
  consumers: ['Export Worker'],
  orderingKey: event => event.payload.exportId,
  idempotencyKey: event => event.payload.exportId,
  payload: Type.Object(
    {
      exportId,
      tenantId: Type.Optional(id('Tenant whose events they are; the tenant of the envelope.', 'contoso')),
      requestedBy: Type.Optional(id('Person who asked.', 'usr-auditor-2')),
      purpose: Type.Optional(note('What it is for.', 'Yearly audit 2026, sample of access changes.')),
      format: Type.Optional(
        oneOf(
          ['ndjson', 'csv', 'cloudevents', 'evidence-bundle'],
          'What is wanted; an evidence-bundle has the proofs with which the events are checked offline.',
          'evidence-bundle',
        ),
      ),
      filter: Type.Optional(
        Type.Object(
          {
            occurredFrom: Type.Optional(time('Events that occurred then or later.', '2026-01-01T00:00:00Z')),
            occurredUntil: Type.Optional(time('Events that occurred before.', '2026-07-01T00:00:00Z')),
            eventTypes: Type.Optional(
              list(id('Event type.', 'AuditEventReceived'), 'Events of these types.', ['AuditEventReceived']),
            ),
            subjectId: Type.Optional(id('Events about or by this person or thing.', 'usr-88')),
            query: Type.Optional(text('Words to be found in them.', 'role granted', 1024)),
          },
          { description: 'Which events: those that meet all that is given; all where it is absent.' },
        ),
      ),
      includesPersonalData: Type.Optional(flag('Whether personal fields are in it in clear.', false)),
      destinationId: Type.Optional(
        id('Where it is delivered; to be fetched where it is absent.', 'dst-blob-audit'),
      ),
      approvalRequestId: Type.Optional(id('Approval, where the tenant demands one.', 'apr-91c2')),
    },
    { description: 'What is to be exported, for whom.' },
  ),
  rules: [
    'Whoever asked may read every event that the export covers.',
    'It covers the log as it was at the request; what comes later is not in it.',
    'Asking is itself in the audit trail, also where the export is empty or fails.',
  ],
  personal: [{ pointer: '/purpose/text', subject: '/purpose/authorId', kind: 'free-text' }],
  monitoring: {
    metrics: ['Requested exports by tenant, person and format.', 'Time from the request to the start.'],
    alerts: [
      'One person asks for more than ten exports in an hour.',
      'An export waits longer than fifteen minutes.',
    ],
  },
  examples: [
    {
      exportId: 'exp-7f21',
      tenantId: 'contoso',
      requestedBy: 'usr-auditor-2',
      purpose: { authorId: 'usr-auditor-2', text: 'Yearly audit 2026, sample of access changes.' },
      format: 'evidence-bundle',
      filter: {
        occurredFrom: '2026-01-01T00:00:00Z',
        occurredUntil: '2026-07-01T00:00:00Z',
        eventTypes: ['AuditEventReceived'],
        subjectId: 'usr-88',
        query: 'role granted',
      },
      includesPersonalData: false,
      destinationId: 'dst-blob-audit',
      approvalRequestId: 'apr-91c2',
    },
    { exportId: 'exp-7f22', requestedBy: 'usr-88', format: 'ndjson', includesPersonalData: true },
  ],
})

export const ExportStarted = defineEvent({
  ...common,
  type: 'ExportStarted',
  summary: 'The work on an export began.',
  consumers: ['Query Service'],
  orderingKey: event => event.payload.exportId,
  idempotencyKey: event => `${event.payload.exportId}:${event.occurredAt}`,
  retention: retention.signals,
  deadLetter: deadLetter.shown,
  payload: Type.Object(
    {
      exportId,
      startedAt: Type.Optional(time('When the work began.')),
      attempt: Type.Optional(count('Which attempt it is, from 1.', 1, 1)),
      estimatedEventCount: Type.Optional(count('Events that it will hold, as far as known.', 18_240)),
      throughPosition: Type.Optional(count('Position of the log up to which it reads.', 1_204_331)),
      worker: Type.Optional(id('Worker that does it.', 'export-worker-2')),
    },
    { description: 'Which export, and how much is to be done.' },
  ),
  rules: [
    'It follows the ExportRequested of the same export.',
    'An attempt that was broken off is begun again from its start, with a higher attempt.',
  ],
  monitoring: {
    metrics: ['Exports under way.', 'Attempts per export.'],
    alerts: ['An export has neither completed nor failed six hours after its start.'],
  },
  examples: [
    {
      exportId: 'exp-7f21',
      startedAt: '2026-06-11T09:00:01Z',
      attempt: 1,
      estimatedEventCount: 18_240,
      throughPosition: 1_204_331,
      worker: 'export-worker-2',
    },
    { exportId: 'exp-7f22', attempt: 2 },
  ],
})
