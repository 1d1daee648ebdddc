import { defineTopic } from 'keelson'

export const governanceTopics = [
  defineTopic({
    name: 'governance.policy',
    summary: 'Policies as they are defined, and what they decide.',
    publishers: ['PolicyDefinitionService', 'PolicyEngineService', 'PolicyEvaluationService'],
    subscribers: ['Control Plane', 'DevOps & GitOps', 'Observability'],
  }),
  defineTopic({
    name: 'governance.approval',
    summary: 'Requests for approval and how they were decided.',
    publishers: ['ApprovalService', 'ApprovalTimeoutWorker'],
    subscribers: ['Factory Studio', 'Control Plane', 'Observability'],
  }),
  defineTopic({
    name: 'governance.audit',
    summary: 'Audit entries, chained by their hashes.',
    publishers: ['AuditService', 'AuditExportWorker'],
    subscribers: ['Observability', 'AuditExportWorker'],
  }),
  defineTopic({
    name: 'governance.compliance',
    summary: 'Compliance reports, asked for and generated.',
    publishers: ['ComplianceReportService', 'POST /compliance/reports'],
    subscribers: ['Factory Studio', 'Observability', 'ComplianceReportWorker'],
  }),
  defineTopic({
    name: 'governance.security',
    summary: 'Findings, leaked secrets and secrets that are due for replacement.',
    publishers: ['SecurityFindingService', 'SecretGovernanceService'],
    subscribers: ['Observability', 'Control Plane', 'RiskScoreWorker', 'Notification'],
  }),
  defineTopic({
    name: 'governance.classification',
    summary: 'Labels of artifacts and data.',
    publishers: ['DataClassificationService'],
    subscribers: ['Knowledge Platform', 'RiskScoreWorker'],
  }),
  defineTopic({
    name: 'governance.risk',
    summary: 'Risk scores.',
    publishers: ['RiskScoringService'],
    subscribers: ['Policy context', 'Control Plane'],
  }),
  defineTopic({
    name: 'governance.signals',
    summary: 'What other contexts and tools tell, for governance to look into.',
    publishers: [
      'DevOps & GitOps',
      'Control Plane',
      'Factory',
      'Source control',
      'External scanners',
      'Observability & Feedback',
    ],
    subscribers: [
      'PolicyEvaluationWorker',
      'DataClassificationWorker',
      'SecretScanWorker',
      'SecurityScanIngestionWorker',
      'RiskScoreWorker',
    ],
  }),
] as const
