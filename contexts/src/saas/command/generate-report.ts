import { defineCommand } from 'keelson'
import Type from 'typebox'
import { id, list } from '../../definition/field.ts'
import { Period } from '../period.ts'

const Parameter = Type.Object(
  {
    name: id('Name of the parameter.', 'team'),
    value: Type.String({ description: 'Its value; may be empty.', maxLength: 1000, examples: ['payments'] }),
  },
  { description: 'A parameter of the report.' },
)

export const GenerateReport = defineCommand({
  type: 'GenerateReport',
  version: '1.0',
  summary: 'Asks for a run of a report.',
  aggregate: 'ReportDefinition',
  target: payload => payload.reportDefinitionId,
  payload: Type.Object(
    {
      reportDefinitionId: id('Report to run.', 'rpt-usage'),
      reportRunId: id('Id of the run to be.', 'run-20f1'),
      period: Type.Optional(Period),
      format: Type.Optional(id('Format to write: pdf, csv, xlsx, json …; absent: pdf.', 'csv')),
      parameters: Type.Optional(
        list(Parameter, 'What the report asks for, each name once.', [{ name: 'team', value: 'payments' }]),
      ),
      recipients: Type.Optional(
        list(id('Opaque id of a user.', 'usr-12'), 'Users to tell when it is there.', ['usr-12']),
      ),
    },
    { description: 'Which report to run, and for which period.' },
  ),
  emits: ['ReportGenerated'],
  rejections: [
    { code: 'report_unknown', when: 'There is no such report.' },
    { code: 'report_run_exists', when: 'A run of that id was asked for with other content.' },
    {
      code: 'period_invalid',
      when: 'The period ends before it begins, or is longer than the report allows.',
    },
    { code: 'parameter_invalid', when: 'A parameter is missing, unknown, given twice or out of its bounds.' },
    { code: 'report_limit_reached', when: 'As many runs of the tenant are under way as its edition allows.' },
  ],
  permission: 'reports:write',
  rules: [
    'The report shows only what whoever asks for it may see.',
    'Recipients are told, but are checked again when they fetch the file.',
  ],
  examples: [
    {
      reportDefinitionId: 'rpt-usage',
      reportRunId: 'run-20f1',
      period: { from: '2026-05-01T00:00:00Z', to: '2026-06-01T00:00:00Z' },
      format: 'csv',
      parameters: [{ name: 'team', value: 'payments' }],
      recipients: ['usr-12', 'usr-13'],
    },
    { reportDefinitionId: 'rpt-invoices', reportRunId: 'run-20f2' },
  ],
})
