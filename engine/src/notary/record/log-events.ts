import Type from 'typebox'
import { defineEvent, defineTopic } from '../../core/index.ts'
import { details, keys, someHash, someSignatures } from './details.ts'
import { approvedBy, entryRanges, hash, index, keyIds, signatures, text } from './fields.ts'
import { LogRetentionRecorded } from './log-retention-recorded.ts'

/** The entries of a tenant's log that say what was done to the log itself. Auditors read them: they never change. */

export const LogErasureRecorded = defineEvent({
  ...details,
  type: 'LogErasureRecorded',
  summary: "A subject's personal data was erased: its keys are destroyed.",
  rules: ['It names keys, never the subject.', 'Fields under these keys are absent for this reason.'],
  monitoring: { metrics: ['Erasures, and the time from the request to the record.'] },
  payload: Type.Object(
    {
      action: Type.Literal('erasure', { description: 'What was done.', examples: ['erasure'] }),
      basis: text('The rule or the will that it was done for.', 'gdpr.art17'),
      keys: keyIds('Keys that were destroyed, ascending.'),
      method: text('How it was done.', 'key-destruction', 100),
      request: text('The request that it answers, such as the number of a ticket.', 'DSR-2026-118'),
      approvedBy,
      sigs: signatures,
      targets: Type.Object(
        {
          count: index('Entries of the log that are concerned.', 12),
          leaves: hash('SHA-256 of the canonical ascending list of their indexes, base64url.'),
        },
        { description: 'Which entries lost fields.' },
      ),
    },
    { description: 'Which keys, why, by whose leave.' },
  ),
  examples: [
    {
      action: 'erasure',
      basis: 'gdpr.art17',
      keys,
      method: 'key-destruction',
      request: 'DSR-2026-118',
      approvedBy: ['ada.example.com'],
      sigs: someSignatures,
      targets: { count: 12, leaves: someHash },
    },
    {
      action: 'erasure',
      basis: 'consent withdrawn',
      keys,
      method: 'key-destruction',
      request: 'DSR-2026-119',
      approvedBy: [],
      sigs: [],
      targets: { count: 1, leaves: someHash },
    },
  ],
})

export const LogRedactionRecorded = defineEvent({
  ...details,
  type: 'LogRedactionRecorded',
  summary: 'Members of an entry were taken out of its content.',
  rules: ['The leaf stays; the content that is left is committed to here.'],
  monitoring: { metrics: ['Redactions by reason.'] },
  payload: Type.Object(
    {
      action: Type.Literal('redaction', { description: 'What was done.', examples: ['redaction'] }),
      n: index('Index of the entry.', 41),
      leaf: hash('Hash of its leaf, base64url.'),
      body: hash('Commitment to the content that is left, base64url.'),
      paths: Type.Array(text('JSON Pointer into the event.', '/payload/note', 1_024), {
        description: 'What was taken out.',
        minItems: 1,
        maxItems: 256,
        examples: [['/payload/note']],
      }),
      digests: Type.Array(hash('Of what stood there, with a salt that nobody has.'), {
        description: 'A digest for each path.',
        maxItems: 256,
        examples: [[someHash]],
      }),
      reason: text('Why.', 'A password was sent by mistake.'),
      approvedBy,
      sigs: signatures,
    },
    { description: 'Which members of which entry, and why.' },
  ),
  examples: [
    {
      action: 'redaction',
      n: 41,
      leaf: someHash,
      body: someHash,
      paths: ['/payload/note'],
      digests: [someHash],
      reason: 'A password was sent by mistake.',
      approvedBy: [],
      sigs: [],
    },
    {
      action: 'redaction',
      n: 42,
      leaf: someHash,
      body: someHash,
      paths: ['/payload/card', '/payload/holder'],
      digests: [someHash, someHash],
      reason: 'DSR-2026-120',
      approvedBy: ['ada.example.com'],
      sigs: someSignatures,
    },
  ],
})

const hold = text('Id of the hold.', '01JZX5E8Q6', 64)

export const LogHoldSet = defineEvent({
  ...details,
  type: 'LogHoldSet',
  version: '1.1',
  summary: 'A legal hold was set: what it covers is not removed until it is released.',
  rules: ['A removal inside an active hold is a violation.'],
  monitoring: { metrics: ['Active holds, and the removals that wait for them.'] },
  payload: Type.Object(
    {
      action: Type.Literal('hold.set', { description: 'What was done.', examples: ['hold.set'] }),
      hold,
      scope: Type.Object(
        {
          all: Type.Optional(Type.Boolean({ description: 'The whole log.', examples: [true] })),
          subjectKeys: Type.Optional(keyIds("A subject's keys.")),
          stream: Type.Optional(text('One stream.', 'Case-7', 1_024)),
        },
        { description: 'What it covers; one of these.' },
      ),
      reason: text('Why.', 'Litigation 2026-4'),
      at: Type.String({
        description: 'Since when.',
        format: 'date-time',
        examples: ['2026-11-21T09:00:00.000Z'],
      }),
      entries: Type.Optional(
        entryRanges(
          'The entries that a hold on keys or a stream covered when it was set. Later ones are covered as well.',
          20_000,
        ),
      ),
    },
    { description: 'What is held, and why.' },
  ),
  examples: [
    {
      action: 'hold.set',
      hold: '01JZX5E8Q6',
      scope: { all: true },
      reason: 'Litigation 2026-4',
      at: '2026-11-21T09:00:00.000Z',
    },
    {
      action: 'hold.set',
      hold: '01JZX5E8Q7',
      scope: { subjectKeys: keys },
      reason: 'Complaint 118',
      at: '2026-11-21T10:00:00.000Z',
    },
    {
      action: 'hold.set',
      hold: '01JZX5E8Q8',
      scope: { stream: 'Case-7' },
      reason: 'Case 7',
      at: '2026-11-21T11:00:00.000Z',
      entries: [
        [7, 9],
        [12, 13],
      ],
    },
  ],
})

export const LogHoldReleased = defineEvent({
  ...details,
  type: 'LogHoldReleased',
  summary: 'A legal hold was released: removals that waited for it go on.',
  rules: ['It names a hold that was set before.'],
  monitoring: { metrics: ['How long holds last.'] },
  payload: Type.Object(
    {
      action: Type.Literal('hold.release', { description: 'What was done.', examples: ['hold.release'] }),
      hold,
      reason: text('Why.', 'The case is closed.'),
    },
    { description: 'Which hold, and why.' },
  ),
  examples: [
    { action: 'hold.release', hold: '01JZX5E8Q6', reason: 'The case is closed.' },
    { action: 'hold.release', hold: '01JZX5E8Q7', reason: 'Complaint 118 was withdrawn.' },
  ],
})

export const LogPolicyRecorded = defineEvent({
  ...details,
  type: 'LogPolicyRecorded',
  version: '1.1',
  summary: 'A retention policy was set or changed.',
  rules: [
    'A locked policy may only keep for longer.',
    'Where a tenant has approvers, nothing is removed by a policy that none of them has signed.',
  ],
  monitoring: { metrics: ['Changes of policies.'] },
  payload: Type.Object(
    {
      action: Type.Literal('policy', { description: 'What was done.', examples: ['policy'] }),
      policy: text('Id of the policy.', 'seven-years', 100),
      version: Type.Integer({ description: 'Dense from 1.', minimum: 1, examples: [1] }),
      minimumDays: index('Days that content is kept at the least.', 2_557),
      locked: Type.Boolean({ description: 'Whether it may only grow from now on.', examples: [true] }),
      eventTypes: Type.Optional(
        Type.Array(text('Type of event.', 'PolicyEvaluated', 128), {
          description: 'What it is for; every type where it is left out.',
          maxItems: 100,
          examples: [['PolicyEvaluated']],
        }),
      ),
      sigs: Type.Optional(signatures),
    },
    { description: 'How long what is kept.' },
  ),
  examples: [
    { action: 'policy', policy: 'seven-years', version: 1, minimumDays: 2_557, locked: true },
    {
      action: 'policy',
      policy: 'ninety-days',
      version: 3,
      minimumDays: 90,
      locked: false,
      eventTypes: ['PolicyEvaluated'],
      sigs: someSignatures,
    },
  ],
})

export const LogKeyRecorded = defineEvent({
  ...details,
  type: 'LogKeyRecorded',
  summary: 'A key of an approver or of the log was registered or revoked.',
  rules: ['Signatures count by keys that were registered before and not revoked.'],
  monitoring: { metrics: ['Keys of approvers.'] },
  payload: Type.Object(
    {
      action: Type.Enum(['register', 'revoke'], { description: 'What was done.', examples: ['register'] }),
      role: Type.Enum(['approver', 'log'], { description: 'What the key is for.', examples: ['approver'] }),
      name: text('Name of the key.', 'ada.example.com', 200),
      key: text('Verifier key (signed-note).', 'ada.example.com+1a2b3c4d+AQ…', 400),
      approvalsNeeded: Type.Optional(
        Type.Integer({
          description: 'How many approvers must sign a removal from now on.',
          minimum: 1,
          maximum: 100,
          examples: [2],
        }),
      ),
      sigs: Type.Optional(signatures),
    },
    { description: 'Which key, and by whose leave.' },
  ),
  examples: [
    { action: 'register', role: 'approver', name: 'ada.example.com', key: 'ada.example.com+1a2b3c4d+AQ…' },
    {
      action: 'revoke',
      role: 'approver',
      name: 'bob.example.com',
      key: 'bob.example.com+5e6f7a8b+AQ…',
      approvalsNeeded: 1,
      sigs: someSignatures,
    },
  ],
})

export const LogCheckpointsRecorded = defineEvent({
  ...details,
  type: 'LogCheckpointsRecorded',
  summary: "The heads of all tenants' logs, as one root in the platform's own log.",
  rules: ['Whoever holds a head of the platform’s log holds one of every tenant.'],
  monitoring: { metrics: ['Time since it was last recorded.'] },
  payload: Type.Object(
    {
      tenants: index('How many logs there are.', 40),
      root: text(
        'Merkle root over their checkpoints, base64.',
        '44eYcZmZN+xBUx1ysZsJT+iZvceTkubuQ1HtdRB6D94=',
        44,
      ),
      at: Type.String({
        description: 'When they stood so.',
        format: 'date-time',
        examples: ['2026-11-21T09:00:00.000Z'],
      }),
    },
    { description: 'How many logs, and their root.' },
  ),
  examples: [
    {
      tenants: 40,
      root: '44eYcZmZN+xBUx1ysZsJT+iZvceTkubuQ1HtdRB6D94=',
      at: '2026-11-21T09:00:00.000Z',
    },
    {
      tenants: 41,
      root: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      at: '2026-11-21T09:01:00.000Z',
    },
  ],
})

/** What is said of logs in logs: it belongs into a platform's catalogue. */
export const logEvents = [
  LogErasureRecorded,
  LogRetentionRecorded,
  LogRedactionRecorded,
  LogHoldSet,
  LogHoldReleased,
  LogPolicyRecorded,
  LogKeyRecorded,
  LogCheckpointsRecorded,
] as const

export const tenantLogTopic = defineTopic({
  name: 'tenant-log',
  summary: 'What is done to the logs of tenants: keys, holds, policies, and what was removed by which right.',
})
