import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, flag, id, list, oneOf, sha256, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'
import { severities } from './security-events.ts'

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'governance.signals',
  retention: retention.signals,
  retry: retry.worker,
  deadLetter: deadLetter.ticket,
} as const

const commit = Type.Object({
  commitId: id('Id of the commit.', '1f6a0c2'),
  authorId: id('Opaque id of its author.', 'usr-31'),
  authorName: Type.Optional(text('Name of its author.', 'Ada Byron', 200)),
  authorEmail: Type.Optional(text('E-mail address of its author.', 'ada@example.com', 320)),
  message: Type.Optional(text('First line of its message.', 'Raise the limit')),
  isSigned: Type.Optional(flag('Whether it has a good signature.', true)),
  changedPaths: Type.Optional(
    list(
      text('Path in the repository.', 'deploy/values.yaml', 1024),
      'What it changed.',
      ['deploy/values.yaml'],
      {
        maxItems: 1000,
      },
    ),
  ),
})

export const CommitPushed = defineEvent({
  ...common,
  type: 'CommitPushed',
  summary: 'Commits were pushed to a repository and must be searched for secrets.',
  producer: 'Source control',
  consumers: ['SecretScanWorker'],
  aggregate: 'Repository',
  orderingKey: event => event.payload.repositoryId,
  idempotencyKey: event =>
    `${event.payload.repositoryId}:${event.payload.ref}:${event.payload.commitId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      repositoryId: id('Repository that they were pushed to.', 'octo/hello'),
      ref: text('Branch or tag.', 'refs/heads/main'),
      commitId: id('Commit at its head now.', '1f6a0c2'),
      previousCommitId: Type.Optional(id('Commit at its head before.', '5d0a1f7')),
      isForced: Type.Optional(flag('Whether earlier commits were taken out.', false)),
      pushedBy: Type.Optional(id('User or agent that pushed.', 'usr-31')),
      commits: Type.Optional(
        list(commit, 'Commits that are new, the oldest first.', [
          { commitId: '1f6a0c2', authorId: 'usr-31' },
        ]),
      ),
    },
    { description: 'What was pushed, where and by whom.' },
  ),
  rules: [
    'Where more commits are new than fit, all between the former and the present head count.',
    'Commits that were taken out are searched too, for what they leaked has leaked.',
  ],
  personal: [
    { pointer: '/commits/*/authorName', subject: '/commits/*/authorId', kind: 'name' },
    { pointer: '/commits/*/authorEmail', subject: '/commits/*/authorId', kind: 'email' },
    { pointer: '/commits/*/message', subject: '/commits/*/authorId', kind: 'free-text' },
  ],
  retry: retry.alerting,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: ['Pushes and commits per repository.', 'Time from the push to the end of the search.'],
    alerts: ['A push was not searched within ten minutes.'],
  },
  examples: [
    {
      repositoryId: 'octo/hello',
      ref: 'refs/heads/main',
      commitId: '1f6a0c2',
      previousCommitId: '5d0a1f7',
      isForced: false,
      pushedBy: 'usr-31',
      commits: [
        {
          commitId: '1f6a0c2',
          message: 'Raise the limit',
          authorId: 'usr-31',
          authorName: 'Ada Byron',
          authorEmail: 'ada@example.com',
          isSigned: true,
          changedPaths: ['deploy/values.yaml'],
        },
      ],
    },
    { repositoryId: 'octo/site', ref: 'refs/tags/v2', commitId: '7be1d04', isForced: true },
  ],
})

const result = Type.Object({
  ruleId: id('Rule that fired.', 'CVE-2026-56865'),
  severity: Type.Optional(oneOf(severities, 'How bad it is.', 'High')),
  message: Type.Optional(
    text('What was found; never a secret itself.', 'Module with a known vulnerability.', 2048),
  ),
  path: Type.Optional(text('Where in the resource.', 'go.mod', 1024)),
  line: Type.Optional(count('Line, from 1.', 7, 1)),
  fingerprint: Type.Optional(id("The scanner's own id for repeats of it.", 'a1b2c3')),
})

export const ScanResultReceived = defineEvent({
  ...common,
  type: 'ScanResultReceived',
  summary: 'A scanner handed in what it found, to be brought into one form and told apart from repeats.',
  producer: 'External scanners',
  consumers: ['SecurityScanIngestionWorker'],
  aggregate: 'ScanResult',
  orderingKey: event => event.payload.scanId,
  idempotencyKey: event => event.payload.scanId,
  payload: Type.Object(
    {
      scanId: id('Id of the run of the scanner.', 'scan-3c9e'),
      scanner: id('Scanner and its version.', 'trivy-0.58'),
      format: Type.Optional(
        id('Form of the report: sarif, trivy, gitleaks, zap, or keelson for the list here.', 'sarif'),
      ),
      resourceType: Type.Optional(id('Kind of what was scanned.', 'Image')),
      resourceId: Type.Optional(text('What was scanned.', 'registry.example.com/reservations-api', 1024)),
      contentHash: Type.Optional(id('Hash of the content that was scanned.', 'sha256:9f86d081884c7d65')),
      results: Type.Optional(
        list(result, 'What was found, where it fits here.', [{ ruleId: 'CVE-2026-56865' }], {
          maxItems: 500,
        }),
      ),
      reportLocation: Type.Optional(
        text("Where the scanner's whole report lies.", 'scans/contoso/scan-3c9e.sarif', 1024),
      ),
      reportSha256: Type.Optional(sha256('SHA-256 of that report.')),
      resultCount: Type.Optional(count('All that was found.', 1)),
      isComplete: Type.Optional(
        flag('Whether what is not in it is mended: only then are other findings closed.', true),
      ),
      durationMs: Type.Optional(count('Milliseconds that the scan took.', 40_211)),
      scannedAt: Type.Optional(time('When the scan ended.')),
    },
    {
      description: 'What was scanned, by what, and what was found.',
      anyOf: [{ required: ['results'] }, { required: ['reportLocation'] }],
    },
  ),
  rules: [
    'Secrets that a scanner quotes are taken out before the event is published.',
    'It has the results themselves, or says where the report lies.',
    'The same report handed in twice raises no finding twice.',
  ],
  personal: [],
  monitoring: {
    metrics: ['Reports and results by scanner.', 'Share of results that are repeats.'],
    alerts: ['A report cannot be read.', 'A scanner that reports daily has been silent for two days.'],
  },
  examples: [
    {
      scanId: 'scan-3c9e',
      scanner: 'trivy-0.58',
      format: 'sarif',
      resourceType: 'Image',
      resourceId: 'registry.example.com/reservations-api',
      contentHash: 'sha256:9f86d081884c7d65',
      reportLocation: 'scans/contoso/scan-3c9e.sarif',
      reportSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      resultCount: 1,
      isComplete: true,
      durationMs: 40_211,
      scannedAt: '2026-06-11T08:59:58Z',
    },
    {
      scanId: 'scan-3c9f',
      scanner: 'own-linter',
      format: 'keelson',
      results: [
        {
          ruleId: 'CVE-2026-56865',
          severity: 'High',
          message: 'Module with a known vulnerability.',
          path: 'go.mod',
          line: 7,
          fingerprint: 'a1b2c3',
        },
      ],
    },
  ],
})
