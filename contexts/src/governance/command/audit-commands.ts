import { defineCommand } from 'keelson'
import Type from 'typebox'
import { id, text } from '../../definition/field.ts'
import { auditEntryFacts } from '../event/audit-entry.ts'
import { reportFacts, reportScope } from '../event/compliance-events.ts'

export const RecordAuditEntry = defineCommand({
  type: 'RecordAuditEntry',
  version: '1.0',
  summary: 'Writes down something that auditors ask about.',
  aggregate: 'AuditEntry',
  target: payload => payload.auditEntryId,
  payload: Type.Object(
    {
      auditEntryId: Type.Optional(
        id('Id that the entry is to have; made where it is absent.', 'aud-01JZ4Q7M2K'),
      ),
      ...auditEntryFacts,
    },
    { description: 'Who did what to which resource, and how it ended.' },
  ),
  emits: ['AuditEntryRecorded'],
  rejections: [
    { code: 'entry_exists', when: 'Another entry has this id.' },
    { code: 'time_in_future', when: 'It is said to have happened later than now.' },
    {
      code: 'actor_not_allowed',
      when: 'The caller may write entries about itself alone, and the actor is another.',
    },
  ],
  permission: 'audit:write',
  personal: [
    { pointer: '/actor/name', subject: '/actor/id', kind: 'name' },
    { pointer: '/actor/ipAddress', subject: '/actor/id', kind: 'ip-address' },
    { pointer: '/actor/userAgent', subject: '/actor/id', kind: 'user-agent' },
    { pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' },
  ],
  rules: [
    'An entry is only added, never changed or taken away.',
    'The chain of hashes is made by the store; a caller has no say in it.',
  ],
  examples: [
    {
      auditEntryId: 'aud-01JZ4Q7M2K',
      action: 'report.downloaded',
      actor: {
        type: 'User',
        id: 'usr-auditor-2',
        name: 'Grace Hopper',
        role: 'Auditor',
        onBehalfOf: 'org-auditors',
        ipAddress: '198.51.100.23',
        userAgent: 'Mozilla/5.0',
      },
      resource: { type: 'ComplianceReport', id: 'rep-2026-h1', name: 'SOC 2, first half of 2026' },
      outcome: 'Success',
      note: { authorId: 'usr-auditor-2', text: 'Preparation of the yearly audit.' },
      category: 'access',
      happenedAt: '2026-07-02T08:00:00Z',
      relatedIds: [{ kind: 'complianceReport', id: 'rep-2026-h1' }],
      details: { files: 14 },
    },
    {
      action: 'approval.granted',
      actor: { type: 'User', id: 'usr-31' },
      outcome: 'Denied',
      reason: 'approver_not_entitled',
    },
  ],
})

export const GenerateComplianceReport = defineCommand({
  type: 'GenerateComplianceReport',
  version: '1.0',
  summary: 'Asks for a compliance report with its evidence over a period.',
  aggregate: 'ComplianceReport',
  target: payload => payload.complianceReportId,
  payload: Type.Object(
    {
      ...reportFacts,
      ...reportScope,
      purpose: Type.Optional(text('What it is for, in words.', 'Preparation of the yearly audit.', 1024)),
    },
    { description: 'Which report is wanted.' },
  ),
  emits: ['ComplianceReportRequested', 'ComplianceReportGenerated'],
  rejections: [
    { code: 'framework_unknown', when: 'There is no catalogue of controls for the framework.' },
    { code: 'control_unknown', when: 'The framework has no such control.' },
    { code: 'period_invalid', when: 'The period ends before it begins, or has not ended yet.' },
    { code: 'report_exists', when: 'Another report has this id.' },
  ],
  permission: 'reports:write',
  rules: [
    'The report is generated in the background; the command is done when it is asked for.',
    'It covers only what the caller may read.',
  ],
  examples: [
    {
      complianceReportId: 'rep-2026-h1',
      framework: 'soc2',
      periodFrom: '2026-01-01T00:00:00Z',
      periodUntil: '2026-07-01T00:00:00Z',
      controls: ['CC6.1', 'CC8.1'],
      projectIds: ['proj-booking-saas'],
      format: 'Bundle',
      purpose: 'Preparation of the yearly audit.',
    },
    {
      complianceReportId: 'rep-gdpr-0611',
      framework: 'gdpr',
      periodFrom: '2025-06-11T00:00:00Z',
      periodUntil: '2026-06-11T00:00:00Z',
    },
  ],
})
