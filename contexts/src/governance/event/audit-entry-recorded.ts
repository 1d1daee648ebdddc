import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, sha256, text } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'
import { auditEntryFacts } from './audit-entry.ts'

export const AuditEntryRecorded = defineEvent({
  type: 'AuditEntryRecorded',
  version: '1.0',
  kind: 'integration',
  topic: 'governance.audit',
  alsoOn: ['audit-events'],
  summary: 'Something that auditors ask about was written down, once and for good.',
  producer: 'AuditService',
  consumers: ['Observability & Feedback', 'AuditExportWorker', 'Reporting'],
  aggregate: 'AuditEntry',
  orderingKey: event => event.payload.auditEntryId,
  idempotencyKey: event => event.payload.auditEntryId,
  payload: Type.Object(
    {
      auditEntryId: id('Id of the entry; later entries have greater ids.', 'aud-01JZ4Q7M2K'),
      ...auditEntryFacts,
      previousHash: Type.Optional(
        text(
          "Hash of the leaf before it in the tenant's log, base64url.",
          'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
          43,
        ),
      ),
      export: Type.Optional(
        Type.Object(
          {
            throughAuditEntryId: id('Last entry that was exported.', 'aud-01JZ4Q6ZZZ'),
            entryCount: count('Entries that were exported.', 1_200),
            location: text('Where the file lies.', 'audit-export/contoso/2026-06-11T09.ndjson', 1024),
            fileSha256: sha256('SHA-256 of the file.'),
          },
          { description: 'Set where the entry marks an export of entries to long-term evidence.' },
        ),
      ),
    },
    { description: 'Who did what to which resource, and how it ended.' },
  ),
  rules: [
    'An entry is never changed or taken away; a correction is a further entry.',
    'It is chained to the entry before it by its hash, and an export checks the chain before it writes its marker.',
    'Entries of one tenant are exported in the order of their ids, so an export can be run again from its last marker.',
  ],
  personal: [
    { pointer: '/actor/name', subject: '/actor/id', kind: 'name' },
    { pointer: '/actor/ipAddress', subject: '/actor/id', kind: 'ip-address' },
    { pointer: '/actor/userAgent', subject: '/actor/id', kind: 'user-agent' },
    { pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' },
  ],
  retention: retention.evidence,
  // The export has three attempts and then somebody is told.
  retry: retry.alerting,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: ['Entries per category.', 'Entries and hours since the last export.'],
    alerts: ['The chain does not verify at an export.', 'The last export is older than two hours.'],
  },
  examples: [
    {
      auditEntryId: 'aud-01JZ4Q7M2K',
      action: 'approval.granted',
      actor: {
        type: 'User',
        id: 'usr-12',
        name: 'Ada Byron',
        role: 'SecurityLead',
        onBehalfOf: 'usr-40',
        ipAddress: '203.0.113.7',
        userAgent: 'Mozilla/5.0',
      },
      resource: { type: 'ApprovalRequest', id: 'apr-91c2', name: 'Promotion of the reservations API' },
      outcome: 'Success',
      note: { authorId: 'usr-12', text: 'Checked the rollback plan.' },
      category: 'approval',
      happenedAt: '2026-06-11T09:21:44Z',
      relatedIds: [
        { kind: 'policyDecision', id: 'dec-4d21ab' },
        { kind: 'approvalRequest', id: 'apr-91c2' },
      ],
      details: { quorum: 2, escalationLevel: 0 },
      previousHash: '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
    },
    {
      auditEntryId: 'aud-01JZ4Q8A11',
      action: 'approval.granted',
      actor: { type: 'User', id: 'usr-31' },
      resource: { type: 'ApprovalRequest', id: 'apr-91c2' },
      outcome: 'Denied',
      reason: 'approver_not_entitled',
    },
    {
      auditEntryId: 'aud-01JZ4QAF00',
      action: 'audit.exported',
      actor: { type: 'Service', id: 'audit-export-worker' },
      category: 'export',
      outcome: 'Success',
      export: {
        throughAuditEntryId: 'aud-01JZ4Q7M2K',
        entryCount: 1_200,
        location: 'audit-export/contoso/2026-06-11T10.ndjson',
        fileSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      },
    },
  ],
})
