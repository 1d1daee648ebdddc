import { defineCommand } from 'keelson'
import Type from 'typebox'
import { count, id, list, oneOf, text } from '../../definition/field.ts'
import { labelFacts } from '../event/classification-events.ts'
import { riskSubject } from '../event/risk-events.ts'
import { findingFacts } from '../event/security-events.ts'

export const RaiseSecurityFinding = defineCommand({
  type: 'RaiseSecurityFinding',
  version: '1.0',
  summary: 'Reports a weakness or a leaked secret; a repeat of an open one changes nothing.',
  aggregate: 'SecurityFinding',
  target: payload => payload.dedupKey,
  payload: Type.Object(
    {
      dedupKey: Type.Optional(
        text(
          'What repeats share; made of rule, resource and location where it is absent.',
          'aws-access-key|octo/hello|deploy/values.yaml',
          1024,
        ),
      ),
      ...findingFacts,
    },
    { description: 'What was found, where and how bad it is.' },
  ),
  emits: ['SecurityFindingRaised'],
  rejections: [
    { code: 'secret_in_text', when: 'A text of the report holds what looks like a secret itself.' },
    { code: 'resource_unknown', when: 'The tenant has no such resource.' },
  ],
  permission: 'findings:write',
  rules: [
    'A finding that is open already is not raised again, and the command has no event then.',
    'A finding that was closed as mended is opened again under its id.',
    'A finding that was accepted as a risk or marked as false stays so.',
  ],
  examples: [
    {
      dedupKey: 'aws-access-key|octo/hello|deploy/values.yaml',
      ruleId: 'aws-access-key',
      severity: 'Critical',
      title: 'An AWS access key was committed.',
      description: 'The key gives write access to the bucket of invoices.',
      category: 'secret',
      resource: {
        type: 'Repository',
        id: 'octo/hello',
        artifactId: 'art-api-7c',
        classification: 'Restricted',
        environment: 'prod',
      },
      location: {
        path: 'deploy/values.yaml',
        line: 12,
        commitId: '1f6a0c2',
        url: 'https://git.example.com/octo/hello/blob/1f6a0c2/deploy/values.yaml',
      },
      scanner: 'gitleaks-8.21',
      secretReferenceId: 'sec-aws-invoices',
    },
    {
      ruleId: 'CVE-2026-56865',
      severity: 'High',
      title: 'The image has a module with a known vulnerability.',
      resource: { type: 'Image', id: 'registry.example.com/api' },
      cveId: 'CVE-2026-56865',
      cvssScore: 7.5,
      exploitProbability: 0.03,
    },
  ],
})

export const ClassifyData = defineCommand({
  type: 'ClassifyData',
  version: '1.0',
  summary: 'Gives an artifact a label for its data, or has rules find one.',
  aggregate: 'DataClassification',
  target: payload => payload.artifactId,
  payload: Type.Object(
    {
      ...labelFacts,
      classification: Type.Optional(
        id('Label that it is to have; found by rules where it is absent.', 'Restricted'),
      ),
      justification: Type.Optional(text('Why a lower label is right.', 'Holds test data alone.', 2048)),
    },
    { description: 'Which artifact, and which label.' },
  ),
  emits: ['DataClassified'],
  rejections: [
    { code: 'artifact_unknown', when: 'The tenant has no such artifact.' },
    { code: 'label_unknown', when: 'The scheme of the tenant has no such label.' },
    {
      code: 'justification_required',
      when: 'The label is lower than the one before, and no reason is given.',
    },
    { code: 'content_superseded', when: 'The artifact has other content by now.' },
  ],
  permission: 'classifications:write',
  rules: [
    'Content that has its label by rules keeps it: the command then has no event.',
    'A caller without the right to lower labels can only raise them.',
  ],
  examples: [
    {
      artifactId: 'art-fixtures-2',
      contentHash: 'sha256:2c26b46b68ffc68f',
      artifactType: 'Document',
      categories: ['test-data'],
      classification: 'Internal',
      justification: 'Holds test data alone.',
    },
    { artifactId: 'art-api-7c', contentHash: 'sha256:9f86d081884c7d65' },
  ],
})

export const ScoreRisk = defineCommand({
  type: 'ScoreRisk',
  version: '1.0',
  summary: 'Has the risk of something computed anew from what is known by now.',
  aggregate: 'RiskScore',
  target: payload => `${payload.subjectType}:${payload.subjectId}`,
  payload: Type.Object(
    {
      ...riskSubject,
      expectedVersion: Type.Optional(
        count('Version that the newest score must have, 0 for none; refused where it has another.', 6),
      ),
      cause: Type.Optional(
        oneOf(['Finding', 'Classification', 'Signal', 'Schedule', 'Manual'], 'What led to it.', 'Finding'),
      ),
      sourceEventIds: Type.Optional(
        list(id('Id of an event.', 'evt-finding-20f7'), 'Events that led to it.', ['evt-finding-20f7']),
      ),
    },
    { description: 'What is to be scored.' },
  ),
  emits: ['RiskScored'],
  rejections: [
    { code: 'subject_unknown', when: 'The tenant has nothing of this kind with this id.' },
    { code: 'version_conflict', when: 'Another score came in between.' },
  ],
  permission: 'risk:write',
  rules: [
    'A score that comes out as it was under the same model has no event.',
    'A caller does not say the score: it follows from findings, labels and signals.',
  ],
  examples: [
    {
      subjectType: 'Artifact',
      subjectId: 'art-api-7c',
      expectedVersion: 6,
      cause: 'Finding',
      sourceEventIds: ['evt-finding-20f7'],
    },
    { subjectType: 'Tenant', subjectId: 'contoso' },
  ],
})
