import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, flag, id, number, oneOf, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

export const severities = ['Critical', 'High', 'Medium', 'Low', 'Informational'] as const

/** What a finding says, as it is reported and as it is told. */
export const findingFacts = {
  ruleId: id('Rule of the scanner that fired.', 'aws-access-key'),
  severity: oneOf(severities, 'How bad it is.', 'Critical'),
  title: text('One line for people; never the secret itself.', 'An AWS access key was committed.', 300),
  description: Type.Optional(
    text(
      'More for people; never the secret itself.',
      'The key gives write access to the bucket of invoices.',
      4096,
    ),
  ),
  category: Type.Optional(
    id('Kind of finding: vulnerability, secret, misconfiguration, licence, code.', 'secret'),
  ),
  resource: Type.Object(
    {
      type: id('Kind of the resource.', 'Repository'),
      id: text('Id of the resource.', 'octo/hello', 1024),
      artifactId: Type.Optional(id('Artifact that it is in.', 'art-api-7c')),
      classification: Type.Optional(id('Label of its data.', 'Restricted')),
      environment: Type.Optional(id('Environment in which it stands.', 'prod')),
    },
    { description: 'What it was found in.' },
  ),
  location: Type.Optional(
    Type.Object(
      {
        path: Type.Optional(text('File, relative to the resource.', 'deploy/values.yaml', 1024)),
        line: Type.Optional(count('Line, from 1.', 12, 1)),
        commitId: Type.Optional(id('Commit in which it came.', '1f6a0c2')),
        url: Type.Optional(
          text(
            'Where people can look at it.',
            'https://git.example.com/octo/hello/blob/1f6a0c2/deploy/values.yaml',
            2048,
          ),
        ),
      },
      { description: 'Where in it.' },
    ),
  ),
  scanner: Type.Optional(id('Scanner and its version.', 'gitleaks-8.21')),
  cveId: Type.Optional(id('Entry in the list of known vulnerabilities.', 'CVE-2026-56865')),
  cvssScore: Type.Optional(number('CVSS base score, 0 to 10.', 9.1, { minimum: 0, maximum: 10 })),
  exploitProbability: Type.Optional(
    number('EPSS: probability of use within 30 days, 0 to 1.', 0.42, { minimum: 0, maximum: 1 }),
  ),
  secretReferenceId: Type.Optional(id('Secret that leaked, where it is a known one.', 'sec-aws-invoices')),
}

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'governance.security',
} as const

export const SecurityFindingRaised = defineEvent({
  ...common,
  type: 'SecurityFindingRaised',
  summary: 'A weakness or a leaked secret was found, or one that was closed is there again.',
  producer: 'SecurityFindingService / SecretGovernanceService',
  consumers: ['Observability & Feedback', 'Control Plane', 'RiskScoreWorker'],
  aggregate: 'SecurityFinding',
  orderingKey: event => event.payload.securityFindingId,
  idempotencyKey: event => `${event.payload.dedupKey}:${event.correlationId}`,
  payload: Type.Object(
    {
      securityFindingId: id('Id of the finding.', 'fnd-20f7'),
      dedupKey: text(
        'What repeats of one finding share: rule, resource and location.',
        'aws-access-key|octo/hello|deploy/values.yaml',
        1024,
      ),
      ...findingFacts,
      state: Type.Optional(
        oneOf(['Open', 'Reopened'], 'Whether it is new or there again; new where it is absent.', 'Open'),
      ),
      occurrence: Type.Optional(count('How often it was raised, this time included.', 1, 1)),
      isActive: Type.Optional(flag('For a leaked secret: whether it still works.', true)),
      raisedAt: Type.Optional(time('When it was raised.')),
      dueAt: Type.Optional(time('Until when it must be mended.', '2026-06-12T09:00:01Z')),
    },
    { description: 'What was found, where and how bad it is.' },
  ),
  rules: [
    'Of findings with one dedupKey only one is open at a time; a repeat of an open one raises nothing.',
    'A finding that was accepted as a risk or marked as false is not raised again.',
    'A finding keeps its id when it is there again.',
    'It never holds the secret that leaked, nor a part of it.',
  ],
  personal: [],
  retention: retention.evidence,
  retry: retry.worker,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: [
      'Open findings by severity and age.',
      'Share of findings that come back.',
      'Time from raising to closing.',
    ],
    alerts: ['A critical finding was raised.', 'A secret that leaked still works after an hour.'],
  },
  examples: [
    {
      securityFindingId: 'fnd-20f7',
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
      state: 'Open',
      occurrence: 1,
      isActive: true,
      raisedAt: '2026-06-11T09:00:01Z',
      dueAt: '2026-06-12T09:00:01Z',
    },
    {
      securityFindingId: 'fnd-1b02',
      dedupKey: 'CVE-2026-56865|image:registry.example.com/api|golang.org/x/mod',
      ruleId: 'CVE-2026-56865',
      severity: 'High',
      title: 'The image has a module with a known vulnerability.',
      category: 'vulnerability',
      resource: { type: 'Image', id: 'registry.example.com/api' },
      scanner: 'trivy-0.58',
      cveId: 'CVE-2026-56865',
      cvssScore: 7.5,
      exploitProbability: 0.03,
      state: 'Reopened',
      occurrence: 2,
    },
  ],
})

export const SecretRotationDue = defineEvent({
  ...common,
  type: 'SecretRotationDue',
  summary: 'A secret must be replaced soon, or should have been.',
  producer: 'SecretGovernanceService',
  consumers: ['Notification'],
  aggregate: 'SecretReference',
  orderingKey: event => event.payload.secretReferenceId,
  idempotencyKey: event => `${event.payload.secretReferenceId}:${event.payload.dueAt}:${event.correlationId}`,
  payload: Type.Object(
    {
      secretReferenceId: id('Id of the reference to the secret.', 'sec-aws-invoices'),
      dueAt: time('When it must be replaced.', '2026-06-25T00:00:00Z'),
      daysLeft: Type.Optional(
        Type.Integer({ description: 'Days until then; negative where it is overdue.', examples: [14] }),
      ),
      name: Type.Optional(text('Name to show.', 'Invoices bucket, writer', 200)),
      store: Type.Optional(id('Vault that holds it.', 'vault-prod')),
      ownerId: Type.Optional(id('Person or team that must replace it.', 'team-billing')),
      rotationPeriod: Type.Optional(text('How often it is to be replaced, ISO 8601.', 'P90D', 32)),
      lastRotatedAt: Type.Optional(time('When it was replaced last.', '2026-03-27T00:00:00Z')),
      cause: Type.Optional(oneOf(['Schedule', 'Leak', 'OwnerLeft'], 'Why it must be replaced.', 'Schedule')),
      reminder: Type.Optional(count('Which reminder it is, from 1.', 1, 1)),
    },
    { description: 'Which secret, until when.' },
  ),
  rules: [
    'It names a reference and never holds the secret.',
    'Reminders end when the secret was replaced, and come again with its next date.',
  ],
  personal: [],
  retention: retention.signals,
  retry: retry.alerting,
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Secrets that are overdue, by owner.', 'Age of secrets.'],
    alerts: ['A secret that leaked was not replaced within a day.'],
  },
  examples: [
    {
      secretReferenceId: 'sec-aws-invoices',
      dueAt: '2026-06-25T00:00:00Z',
      daysLeft: 14,
      name: 'Invoices bucket, writer',
      store: 'vault-prod',
      ownerId: 'team-billing',
      rotationPeriod: 'P90D',
      lastRotatedAt: '2026-03-27T00:00:00Z',
      cause: 'Schedule',
      reminder: 1,
    },
    { secretReferenceId: 'sec-smtp', dueAt: '2026-06-09T00:00:00Z', daysLeft: -2, cause: 'Leak' },
  ],
})
