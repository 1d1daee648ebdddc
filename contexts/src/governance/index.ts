import type { ContextDefinition } from 'keelson'
import { defineContext } from 'keelson'
import { GrantApproval, RejectApproval, RequestApproval } from './command/approval-commands.ts'
import { GenerateComplianceReport, RecordAuditEntry } from './command/audit-commands.ts'
import { DefinePolicy, EvaluatePolicy } from './command/policy-commands.ts'
import { ClassifyData, RaiseSecurityFinding, ScoreRisk } from './command/risk-commands.ts'
import { AgentTaskAssigned, BehaviouralSignalObserved, DeploymentRequested } from './event/action-signals.ts'
import { ApprovalGranted, ApprovalRejected, ApprovalRequested } from './event/approval-events.ts'
import { ArtifactCreated, ArtifactUpdated } from './event/artifact-signals.ts'
import { AuditEntryRecorded } from './event/audit-entry-recorded.ts'
import { DataClassified } from './event/classification-events.ts'
import { ComplianceReportGenerated, ComplianceReportRequested } from './event/compliance-events.ts'
import { PolicyDecisionRecorded, PolicyDefined } from './event/policy-events.ts'
import { RiskScored } from './event/risk-events.ts'
import { CommitPushed, ScanResultReceived } from './event/scan-signals.ts'
import { SecretRotationDue, SecurityFindingRaised } from './event/security-events.ts'
import { governanceTopics } from './topics.ts'

export {
  AgentTaskAssigned,
  ApprovalGranted,
  ApprovalRejected,
  ApprovalRequested,
  ArtifactCreated,
  ArtifactUpdated,
  AuditEntryRecorded,
  BehaviouralSignalObserved,
  ClassifyData,
  CommitPushed,
  ComplianceReportGenerated,
  ComplianceReportRequested,
  DataClassified,
  DefinePolicy,
  DeploymentRequested,
  EvaluatePolicy,
  GenerateComplianceReport,
  GrantApproval,
  PolicyDecisionRecorded,
  PolicyDefined,
  RaiseSecurityFinding,
  RecordAuditEntry,
  RejectApproval,
  RequestApproval,
  RiskScored,
  ScanResultReceived,
  ScoreRisk,
  SecretRotationDue,
  SecurityFindingRaised,
}

export const governance: ContextDefinition = defineContext({
  name: 'governance',
  events: [
    PolicyDefined,
    PolicyDecisionRecorded,
    ApprovalRequested,
    ApprovalGranted,
    ApprovalRejected,
    AuditEntryRecorded,
    ComplianceReportRequested,
    ComplianceReportGenerated,
    SecurityFindingRaised,
    SecretRotationDue,
    DataClassified,
    RiskScored,
    DeploymentRequested,
    AgentTaskAssigned,
    ArtifactCreated,
    ArtifactUpdated,
    CommitPushed,
    ScanResultReceived,
    BehaviouralSignalObserved,
  ],
  commands: [
    DefinePolicy,
    EvaluatePolicy,
    RequestApproval,
    GrantApproval,
    RejectApproval,
    RecordAuditEntry,
    GenerateComplianceReport,
    RaiseSecurityFinding,
    ClassifyData,
    ScoreRisk,
  ],
  topics: governanceTopics,
})
