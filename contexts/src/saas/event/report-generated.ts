import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, list, sha256, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'
import { Period } from '../period.ts'

export const ReportGenerated = defineEvent({
  type: 'ReportGenerated',
  version: '1.1',
  kind: 'integration',
  topic: 'report-events',
  summary: 'A run of a report came to its end and left a file that can be fetched.',
  producer: 'Reporting & Analytics',
  consumers: ['Notification', 'Customer Portal'],
  aggregate: 'ReportDefinition',
  orderingKey: event => event.payload.reportDefinitionId,
  idempotencyKey: event => event.payload.reportRunId,
  payload: Type.Object(
    {
      reportDefinitionId: id('Report that was run.', 'rpt-usage'),
      reportRunId: id('Id of the run.', 'run-20f1'),
      title: Type.Optional(text('Title of the report, the same for every run.', 'Usage by team', 200)),
      period: Type.Optional(Period),
      format: Type.Optional(id('Format of the file: pdf, csv, xlsx, json …', 'pdf')),
      artifactId: Type.Optional(id('File that it left.', 'art-77e0')),
      contentHash: Type.Optional(sha256('SHA-256 of the file, in hexadecimal.')),
      sizeBytes: Type.Optional(count('Size of the file in bytes.', 48_213)),
      rowCount: Type.Optional(count('Rows in the report.', 1204)),
      durationMs: Type.Optional(count('Milliseconds that the run took.', 8200)),
      requestedBy: Type.Optional(id('Opaque id of the user or schedule that asked for it.', 'usr-12')),
      recipients: Type.Optional(
        list(id('Opaque id of a user.', 'usr-12'), 'Users who are told that it is there.', ['usr-12']),
      ),
      scheduleId: Type.Optional(id('Schedule that started the run, where none asked for it.', 'sch-monthly')),
      expiresAt: Type.Optional(time('Until when the file can be fetched.', '2026-07-11T00:00:00Z')),
    },
    { description: 'Which report, for which period, and where its file is.' },
  ),
  rules: [
    'The file is complete and can be fetched when the event is published.',
    'A run leaves one file; a run that fails leaves none and makes no such event.',
    'The event holds nothing of what the report says, and no link that lets in whoever has it.',
  ],
  personal: [],
  retention: retention.business,
  retry: retry.worker,
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Count of runs, by report and format.', 'Duration of runs and size of their files.'],
    alerts: ['A scheduled report is an hour late.'],
  },
  examples: [
    {
      reportDefinitionId: 'rpt-usage',
      reportRunId: 'run-20f1',
      title: 'Usage by team',
      period: { from: '2026-05-01T00:00:00Z', to: '2026-06-01T00:00:00Z' },
      format: 'pdf',
      artifactId: 'art-77e0',
      contentHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      sizeBytes: 48_213,
      rowCount: 1204,
      durationMs: 8200,
      requestedBy: 'usr-12',
      recipients: ['usr-12', 'usr-13'],
      expiresAt: '2026-07-11T00:00:00Z',
    },
    {
      reportDefinitionId: 'rpt-invoices',
      reportRunId: 'run-20f2',
      format: 'csv',
      artifactId: 'art-77e1',
      rowCount: 0,
      requestedBy: 'reporting-scheduler',
      scheduleId: 'sch-monthly',
    },
  ],
})
