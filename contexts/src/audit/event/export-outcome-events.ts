import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, flag, id, oneOf, sha256, text, time } from '../../definition/field.ts'
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

export const ExportCompleted = defineEvent({
  ...common,
  type: 'ExportCompleted',
  summary: 'An export is complete and lies ready, with what is needed to check it.',
  consumers: ['Query Service', 'Notification'],
  orderingKey: event => event.payload.exportId,
  idempotencyKey: event => event.payload.exportId,
  payload: Type.Object(
    {
      exportId,
      location: Type.Optional(
        text(
          'Where its files lie: the beginning of their names in the blob store.',
          'export/contoso/exp-7f21/',
          1024,
        ),
      ),
      eventCount: Type.Optional(count('Events in it.', 18_240)),
      bytes: Type.Optional(count('Bytes of all its files.', 9_731_204)),
      fileCount: Type.Optional(count('Files.', 14)),
      manifestSha256: Type.Optional(sha256('SHA-256 of the manifest, which has that of every other file.')),
      treeSize: Type.Optional(count("Size of the tenant's log that its proofs are against.", 1_204_332)),
      rootHash: Type.Optional(
        text('Root of the log at that size, base64url.', '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw', 43),
      ),
      durationMs: Type.Optional(count('Milliseconds from the start of the attempt.', 41_830)),
      completedAt: Type.Optional(time('When the last file was durable.')),
      expiresAt: Type.Optional(time('When the files are removed.', '2026-07-11T09:00:01Z')),
      requestedBy: Type.Optional(id('Person who asked, to be told.', 'usr-auditor-2')),
    },
    { description: 'What the export holds and where it lies.' },
  ),
  rules: [
    'All files are durable, and the manifest was written last.',
    'It holds every event that the request covers, or a record of why one is absent.',
    'It can be checked offline against a signed checkpoint of the log.',
  ],
  monitoring: {
    metrics: ['Events and bytes per second of an export.', 'Time from the request to the completion.'],
    alerts: ['An export holds fewer events than the log has for its filter.'],
  },
  examples: [
    {
      exportId: 'exp-7f21',
      location: 'export/contoso/exp-7f21/',
      eventCount: 18_240,
      bytes: 9_731_204,
      fileCount: 14,
      manifestSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      treeSize: 1_204_332,
      rootHash: '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
      durationMs: 41_830,
      completedAt: '2026-06-11T09:00:43Z',
      expiresAt: '2026-07-11T09:00:01Z',
      requestedBy: 'usr-auditor-2',
    },
    { exportId: 'exp-7f22', location: 'export/contoso/exp-7f22/', eventCount: 0, bytes: 412 },
  ],
})

export const ExportFailed = defineEvent({
  ...common,
  type: 'ExportFailed',
  summary: 'An export was given up; nothing of it may be used.',
  consumers: ['Alerting'],
  orderingKey: event => event.payload.exportId,
  idempotencyKey: event => `${event.payload.exportId}:${event.occurredAt}`,
  retry: retry.alerting,
  payload: Type.Object(
    {
      exportId,
      errorCode: Type.Optional(id('Stable code of the error.', 'blob_store_unavailable')),
      errorMessage: Type.Optional(
        text('What went wrong.', 'The blob store refused the upload: quota exceeded.', 2048),
      ),
      attempts: Type.Optional(count('Attempts that were made.', 3, 1)),
      exportedCount: Type.Optional(count('Events that were written before it failed.', 7_200)),
      isRetryable: Type.Optional(flag('Whether asking again can help.', true)),
      failedAt: Type.Optional(time('When it was given up.')),
      requestedBy: Type.Optional(id('Person who asked, to be told.', 'usr-auditor-2')),
    },
    { description: 'Which export failed, and why.' },
  ),
  rules: [
    'All attempts were used, or the error was one that a further attempt cannot mend.',
    'Files of the attempts are removed; an export without a manifest is none.',
  ],
  monitoring: {
    metrics: ['Failed exports by error code.', 'Share of exports that fail.'],
    alerts: ['Any export failed: somebody waits for evidence.'],
  },
  examples: [
    {
      exportId: 'exp-7f21',
      errorCode: 'blob_store_unavailable',
      errorMessage: 'The blob store refused the upload: quota exceeded.',
      attempts: 3,
      exportedCount: 7_200,
      isRetryable: true,
      failedAt: '2026-06-11T09:10:01Z',
      requestedBy: 'usr-auditor-2',
    },
    { exportId: 'exp-7f23', errorCode: 'permission_revoked', isRetryable: false },
  ],
})

export const ExportDelivered = defineEvent({
  ...common,
  type: 'ExportDelivered',
  summary: 'An export reached whoever it was for.',
  consumers: ['Query Service'],
  orderingKey: event => event.payload.exportId,
  idempotencyKey: event => `${event.payload.exportId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      exportId,
      destinationId: Type.Optional(id('Where it was sent.', 'dst-blob-audit')),
      method: Type.Optional(oneOf(['download', 'blob', 'sftp', 'email-link'], 'How.', 'blob')),
      bytes: Type.Optional(count('Bytes that were delivered.', 9_731_204)),
      receipt: Type.Optional(text('What the destination answered: an id or an ETag.', '"0x8DC5B2F1A3"')),
      fetched: Type.Optional(
        Type.Object(
          {
            userId: id('Opaque id of the person.', 'usr-auditor-2'),
            ipAddress: Type.Optional(text('Address from which it was fetched.', '203.0.113.7', 100)),
          },
          { description: 'Who fetched it, where it was not sent.' },
        ),
      ),
      deliveredAt: Type.Optional(time('When the last byte was there.')),
    },
    { description: 'Which export, to whom and how.' },
  ),
  rules: [
    'It follows the ExportCompleted of the same export.',
    'There is one for each delivery: an export that is fetched three times has three.',
  ],
  personal: [{ pointer: '/fetched/ipAddress', subject: '/fetched/userId', kind: 'ip-address' }],
  monitoring: {
    metrics: ['Deliveries by method and destination.', 'Exports that expired without being fetched.'],
    alerts: ['An export is fetched by someone other than the person who asked.'],
  },
  examples: [
    {
      exportId: 'exp-7f21',
      destinationId: 'dst-blob-audit',
      method: 'blob',
      bytes: 9_731_204,
      receipt: '"0x8DC5B2F1A3"',
      deliveredAt: '2026-06-11T09:01:20Z',
    },
    {
      exportId: 'exp-7f22',
      fetched: { userId: 'usr-88', ipAddress: '203.0.113.7' },
      method: 'download',
      deliveredAt: '2026-06-11T10:15:00Z',
    },
  ],
})
