import type { EventDefinition } from 'keelson'
import { createValidator } from 'keelson'
import { describe, expect, it } from 'vitest'
import type { EventFacts } from '../audit/fixtures/definition-facts.ts'
import {
  exampleEvents,
  factsOf,
  inerasableFields,
  sharedObjects,
  unownedFields,
} from '../audit/fixtures/definition-facts.ts'
import { governance } from './index.ts'

const known = new Map(governance.events.map(event => [event.type, event]))
const event = (type: string): EventDefinition => known.get(type) as EventDefinition

const table: readonly EventFacts[] = [
  [
    'PolicyDefined',
    'domain',
    'governance.policy',
    'PolicyDefinitionService',
    ['Control Plane', 'DevOps & GitOps', 'Observability'],
    ['policyDefinitionId', 'policyVersion', 'rules'],
  ],
  [
    'PolicyDecisionRecorded',
    'integration',
    'governance.policy',
    'PolicyEngineService / PolicyEvaluationService',
    ['Control Plane', 'DevOps & GitOps', 'Observability & Feedback'],
    [
      'policyDecisionId',
      'decision',
      'policyDefinitionId',
      'policyVersion',
      'action',
      'subject',
      'resource',
      'riskScore',
      'approvalRequestId',
    ],
  ],
  [
    'ApprovalRequested',
    'integration',
    'governance.approval',
    'ApprovalService',
    ['Factory Studio', 'Control Plane', 'Observability'],
    ['approvalRequestId', 'expiresAt'],
  ],
  [
    'ApprovalGranted',
    'integration',
    'governance.approval',
    'ApprovalService',
    ['Factory Studio', 'Control Plane', 'Observability'],
    ['approvalRequestId'],
  ],
  [
    'ApprovalRejected',
    'integration',
    'governance.approval',
    'ApprovalService',
    ['Factory Studio', 'Control Plane', 'Observability'],
    ['approvalRequestId'],
  ],
  [
    'AuditEntryRecorded',
    'integration',
    'governance.audit',
    'AuditService',
    ['Observability & Feedback', 'AuditExportWorker', 'Reporting'],
    ['auditEntryId'],
  ],
  [
    'ComplianceReportGenerated',
    'integration',
    'governance.compliance',
    'ComplianceReportService',
    ['Factory Studio', 'Observability & Feedback'],
    ['complianceReportId'],
  ],
  [
    'SecurityFindingRaised',
    'integration',
    'governance.security',
    'SecurityFindingService / SecretGovernanceService',
    ['Observability & Feedback', 'Control Plane', 'RiskScoreWorker'],
    ['securityFindingId', 'dedupKey'],
  ],
  [
    'DataClassified',
    'integration',
    'governance.classification',
    'DataClassificationService',
    ['Knowledge Platform', 'RiskScoreWorker'],
    ['artifactId', 'contentHash', 'classification'],
  ],
  [
    'RiskScored',
    'integration',
    'governance.risk',
    'RiskScoringService',
    ['Policy context', 'Control Plane'],
    ['subjectType', 'subjectId', 'riskScore', 'version'],
  ],
  [
    'DeploymentRequested',
    'integration',
    'governance.signals',
    'DevOps & GitOps',
    ['PolicyEvaluationWorker'],
    [],
  ],
  ['AgentTaskAssigned', 'integration', 'governance.signals', 'Control Plane', ['PolicyEvaluationWorker'], []],
  [
    'ArtifactCreated',
    'integration',
    'governance.signals',
    'Factory',
    ['DataClassificationWorker', 'SecretScanWorker'],
    ['artifactId', 'contentHash'],
  ],
  [
    'ArtifactUpdated',
    'integration',
    'governance.signals',
    'Factory',
    ['DataClassificationWorker'],
    ['artifactId', 'contentHash'],
  ],
  ['CommitPushed', 'integration', 'governance.signals', 'Source control', ['SecretScanWorker'], []],
  [
    'ScanResultReceived',
    'integration',
    'governance.signals',
    'External scanners',
    ['SecurityScanIngestionWorker'],
    [],
  ],
  [
    'ComplianceReportRequested',
    'integration',
    'governance.compliance',
    'POST /compliance/reports',
    ['ComplianceReportWorker'],
    ['complianceReportId'],
  ],
  [
    'BehaviouralSignalObserved',
    'integration',
    'governance.signals',
    'Observability & Feedback',
    ['RiskScoreWorker'],
    ['subjectType', 'subjectId'],
  ],
  [
    'SecretRotationDue',
    'integration',
    'governance.security',
    'SecretGovernanceService',
    ['Notification'],
    ['secretReferenceId'],
  ],
]

describe.each(table)('%s', (...facts) => {
  const definition = event(facts[0])

  it('is what everyone who uses it relies on', () => {
    expect(factsOf(definition, facts[5])).toEqual(facts)
  })

  it('takes its examples, and refuses a member that it does not know', () => {
    const validate = createValidator(definition.payload)
    for (const example of definition.examples as object[]) {
      expect(() => validate(example as never)).not.toThrow()
      expect(() => validate({ ...example, misspelt: 1 } as never)).toThrow(
        expect.objectContaining({ code: 'payload_invalid' }),
      )
    }
  })

  it('has keys that follow from what every such event has', () => {
    const events = exampleEvents(definition)
    const keys = events.map(each => definition.idempotencyKey?.(each))
    for (const key of [...keys, ...events.map(each => definition.orderingKey?.(each))])
      expect(key).toMatch(/^(?!.*undefined).+/)
    expect(new Set(keys).size).toBe(events.length)
  })

  it('says whose its personal fields are, and can lose them', () => {
    expect(sharedObjects(definition)).toEqual([])
    expect(unownedFields(definition)).toEqual([])
    expect(inerasableFields(definition)).toEqual([])
  })
})

const commands = [
  ['DefinePolicy', 'PolicyDefinition', 'PolicyDefined'],
  ['EvaluatePolicy', 'PolicyDecision', 'PolicyDecisionRecorded'],
  ['RequestApproval', 'ApprovalRequest', 'ApprovalRequested'],
  ['GrantApproval', 'ApprovalDecision', 'ApprovalGranted'],
  ['RejectApproval', 'ApprovalDecision', 'ApprovalRejected'],
  ['RecordAuditEntry', 'AuditEntry', 'AuditEntryRecorded'],
  ['GenerateComplianceReport', 'ComplianceReport', 'ComplianceReportGenerated'],
  ['RaiseSecurityFinding', 'SecurityFinding', 'SecurityFindingRaised'],
  ['ClassifyData', 'DataClassification', 'DataClassified'],
  ['ScoreRisk', 'RiskScore', 'RiskScored'],
] as const

describe.each(commands)('%s', (type, aggregate, result) => {
  const command = (governance.commands ?? []).find(each => each.type === type)

  it('is for one aggregate and has one event as its result', () => {
    expect(command?.aggregate).toBe(aggregate)
    expect(command?.emits).toContain(result)
    expect(event(result).aggregate).toBe(aggregate)
  })

  it('takes its examples, and has a target where they name one', () => {
    const validate = createValidator(command?.payload ?? {})
    const examples = (command?.examples ?? []) as object[]
    for (const example of examples) {
      expect(() => validate(example as never)).not.toThrow()
      expect(() => validate({ ...example, misspelt: 1 } as never)).toThrow(
        expect.objectContaining({ code: 'payload_invalid' }),
      )
    }
    expect(command?.target(examples[0] as never)).toMatch(/^(?!.*undefined).+/)
  })

  it('is refused for reasons of its own', () => {
    const codes = (command?.rejections ?? []).map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
  })
})

describe('governance', () => {
  it('has no event and no command beyond the tables', () => {
    expect([...known.keys()].sort()).toEqual(table.map(([type]) => type).sort())
    expect(governance.commands?.map(({ type }) => type)).toEqual(commands.map(([type]) => type))
  })

  it('has a topic for every event', () => {
    expect(new Set(governance.topics?.map(({ name }) => name))).toEqual(
      new Set(table.map(([, , topic]) => topic)),
    )
    expect(event('AuditEntryRecorded').alsoOn).toEqual(['audit-events'])
  })

  it.each([
    ['PolicyDecisionRecorded', 5],
    ['AuditEntryRecorded', 3],
    ['ComplianceReportRequested', 3],
    ['ScanResultReceived', 5],
    ['ArtifactCreated', 5],
    ['CommitPushed', 3],
    ['BehaviouralSignalObserved', 5],
  ])('lets consumers of %s try it %i times', (type, attempts) => {
    expect(event(type).retry?.attempts).toBe(attempts)
  })

  it('tells a label that is put back from one that is told twice', () => {
    const { idempotencyKey } = event('DataClassified')
    const [told] = exampleEvents(event('DataClassified')) as [never]
    const again = { ...(told as object), eventId: 'evt-2' } as never
    const putBack = { ...(told as object), eventId: 'evt-3', correlationId: 'corr-2' } as never
    expect(idempotencyKey?.(again)).toBe(idempotencyKey?.(told))
    expect(idempotencyKey?.(putBack)).not.toBe(idempotencyKey?.(told))
  })

  it('tells an escalation from the request that it follows', () => {
    const [asked, passedOn] = exampleEvents(event('ApprovalRequested')) as [never, never]
    const { idempotencyKey, orderingKey } = event('ApprovalRequested')
    expect(orderingKey?.(passedOn)).toBe(orderingKey?.(asked))
    expect(idempotencyKey?.(passedOn)).not.toBe(idempotencyKey?.(asked))
  })
})
