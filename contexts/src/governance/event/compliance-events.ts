import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, list, oneOf, sha256, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

/** Which report is wanted, as it is asked for and as it is told. */
export const reportFacts = {
  complianceReportId: id('Id of the report.', 'rep-2026-h1'),
  framework: id('Framework that it is for, such as soc2, iso27001, nist-800-53 or gdpr.', 'soc2'),
  periodFrom: time('First moment that it covers.', '2026-01-01T00:00:00Z'),
  periodUntil: time('First moment that it no longer covers.', '2026-07-01T00:00:00Z'),
}

/** What a report may be narrowed to. */
export const reportScope = {
  controls: Type.Optional(
    list(id('Control of the framework.', 'CC8.1'), 'Only these controls.', ['CC8.1'], { maxItems: 2000 }),
  ),
  projectIds: Type.Optional(
    list(id('Id of a project.', 'proj-booking-saas'), 'Only these projects.', ['proj-booking-saas']),
  ),
  format: Type.Optional(
    oneOf(
      ['Bundle', 'Oscal', 'Csv', 'Markdown'],
      'What is wanted; the whole bundle where it is absent. Oscal: the Open Security Controls Assessment Language of NIST.',
      'Bundle',
    ),
  ),
}

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'governance.compliance',
  aggregate: 'ComplianceReport',
  personal: [],
  retention: retention.evidence,
  retry: retry.alerting,
  deadLetter: deadLetter.page,
} as const

export const ComplianceReportRequested = defineEvent({
  ...common,
  type: 'ComplianceReportRequested',
  summary: 'Somebody asked for a compliance report, which is now being generated.',
  producer: 'POST /compliance/reports',
  consumers: ['ComplianceReportWorker'],
  orderingKey: event => event.payload.complianceReportId,
  idempotencyKey: event => event.payload.complianceReportId,
  payload: Type.Object(
    {
      ...reportFacts,
      ...reportScope,
      requestedBy: id('Person who asked.', 'usr-auditor-2'),
      purpose: Type.Optional(text('What it is for, in words.', 'Preparation of the yearly audit.', 1024)),
      throughPosition: Type.Optional(count('Position of the log up to which it reads.', 1_204_331)),
    },
    { description: 'Which report is wanted.' },
  ),
  rules: [
    'The report is in the state Generating until it is generated or has failed.',
    'After the third attempt that fails the report is marked Failed, and asking again needs a new id.',
    'The same request over the same range of the log gives the same report, byte for byte.',
  ],
  personal: [{ pointer: '/purpose', subject: '/requestedBy', kind: 'free-text' }],
  monitoring: {
    metrics: ['Requested reports by framework.', 'Reports that are being generated, and since when.'],
    alerts: ['A report is in the state Generating for more than an hour.'],
  },
  examples: [
    {
      complianceReportId: 'rep-2026-h1',
      framework: 'soc2',
      periodFrom: '2026-01-01T00:00:00Z',
      periodUntil: '2026-07-01T00:00:00Z',
      controls: ['CC6.1', 'CC8.1'],
      projectIds: ['proj-booking-saas'],
      format: 'Bundle',
      requestedBy: 'usr-auditor-2',
      purpose: 'Preparation of the yearly audit.',
      throughPosition: 1_204_331,
    },
    {
      complianceReportId: 'rep-gdpr-0611',
      framework: 'gdpr',
      periodFrom: '2025-06-11T00:00:00Z',
      periodUntil: '2026-06-11T00:00:00Z',
      requestedBy: 'usr-privacy-3',
    },
  ],
})

export const ComplianceReportGenerated = defineEvent({
  ...common,
  type: 'ComplianceReportGenerated',
  summary: 'A compliance report and its evidence are complete and lie ready.',
  producer: 'ComplianceReportService',
  consumers: ['Factory Studio', 'Observability & Feedback'],
  orderingKey: event => event.payload.complianceReportId,
  idempotencyKey: event => event.payload.complianceReportId,
  payload: Type.Object(
    {
      complianceReportId: reportFacts.complianceReportId,
      framework: Type.Optional(reportFacts.framework),
      periodFrom: Type.Optional(reportFacts.periodFrom),
      periodUntil: Type.Optional(reportFacts.periodUntil),
      location: Type.Optional(
        text('Where its files lie: the beginning of their names.', 'reports/contoso/rep-2026-h1/', 1024),
      ),
      manifestSha256: Type.Optional(sha256('SHA-256 of the manifest, which has that of every other file.')),
      bytes: Type.Optional(count('Bytes of all its files.', 2_118_400)),
      controls: Type.Optional(
        Type.Object(
          {
            total: count('Controls that it covers.', 64),
            satisfied: count('Controls with evidence and no open finding.', 61),
            unsatisfied: count('Controls with an open finding.', 2),
            withoutEvidence: count('Controls for which the period has no evidence.', 1),
          },
          { description: 'How the controls stand.' },
        ),
      ),
      decisionCount: Type.Optional(count('Policy decisions in the evidence.', 18_240)),
      findingCount: Type.Optional(count('Findings in the evidence.', 37)),
      auditEntryCount: Type.Optional(count('Audit entries in the evidence.', 20_511)),
      rootHash: Type.Optional(
        text(
          'Root of the log that the evidence is proved against, base64url.',
          '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
          43,
        ),
      ),
      treeSize: Type.Optional(count('Size of the log at that root.', 1_204_332)),
      durationMs: Type.Optional(count('Milliseconds that it took.', 8_400)),
      generatedAt: Type.Optional(time('When the last file was durable.')),
    },
    { description: 'What the report covers, says and where it lies.' },
  ),
  rules: [
    'All files are durable, and the manifest was written last.',
    'Generating it again from the same range of the log gives the same manifest.',
    'Every number in it can be counted again from the evidence that comes with it.',
  ],
  monitoring: {
    metrics: ['Time to generate a report.', 'Controls without evidence, by framework.'],
    alerts: ['A report has controls without evidence that an earlier period had.'],
  },
  examples: [
    {
      complianceReportId: 'rep-2026-h1',
      framework: 'soc2',
      periodFrom: '2026-01-01T00:00:00Z',
      periodUntil: '2026-07-01T00:00:00Z',
      location: 'reports/contoso/rep-2026-h1/',
      manifestSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      bytes: 2_118_400,
      controls: { total: 64, satisfied: 61, unsatisfied: 2, withoutEvidence: 1 },
      decisionCount: 18_240,
      findingCount: 37,
      auditEntryCount: 20_511,
      rootHash: '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw',
      treeSize: 1_204_332,
      durationMs: 8_400,
      generatedAt: '2026-07-02T06:00:09Z',
    },
    { complianceReportId: 'rep-gdpr-0611', framework: 'gdpr', location: 'reports/contoso/rep-gdpr-0611/' },
  ],
})
