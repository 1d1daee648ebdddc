import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, list, number, oneOf, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

export const riskSubject = {
  subjectType: id('Kind of what is scored, such as Action, Artifact, Agent, User or Tenant.', 'Artifact'),
  subjectId: id('What is scored.', 'art-api-7c'),
}

const points = { minimum: 0, maximum: 100 }

export const RiskScored = defineEvent({
  type: 'RiskScored',
  version: '1.0',
  kind: 'integration',
  topic: 'governance.risk',
  summary: 'The risk of something was computed, from its findings, its data and how it behaves.',
  producer: 'RiskScoringService',
  consumers: ['Policy context', 'Control Plane'],
  aggregate: 'RiskScore',
  orderingKey: event => `${event.payload.subjectType}:${event.payload.subjectId}`,
  idempotencyKey: event => `${event.payload.subjectType}:${event.payload.subjectId}:${event.payload.version}`,
  payload: Type.Object(
    {
      ...riskSubject,
      riskScore: number('Risk from 0 (none) to 100.', 82, points),
      version: count('Version of the score of this subject, from 1; the highest holds.', 7, 1),
      previousRiskScore: Type.Optional(number('Score before.', 64, points)),
      level: Type.Optional(oneOf(['Low', 'Medium', 'High', 'Critical'], 'The score in a word.', 'Critical')),
      factors: Type.Optional(
        list(
          Type.Object({
            name: id('What counts in.', 'open-critical-findings'),
            points: number('Points that it adds.', 40, points),
            sourceEventId: Type.Optional(id('Event that it comes from.', 'evt-finding-20f7')),
          }),
          'What the score is made of, the heaviest first.',
          [{ name: 'open-critical-findings', points: 40 }],
        ),
      ),
      modelVersion: Type.Optional(id('Version of the way in which it is computed.', 'risk-model-4')),
      scoredAt: Type.Optional(time('When it was computed.')),
      validUntil: Type.Optional(time('After when it must not be relied on.', '2026-06-18T09:00:01Z')),
    },
    { description: 'What is scored, how high and why.' },
  ),
  rules: [
    'Versions of one subject count up by one; a lower version that arrives late is passed over.',
    'A decision names the score that it used, and a later score does not change the decision.',
    'The same inputs under the same model give the same score.',
  ],
  personal: [],
  retention: retention.evidence,
  retry: retry.worker,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: ['Subjects by level.', 'Time from a finding to the score that counts it in.'],
    alerts: ['Scores of more than one subject in ten change by 30 points within an hour.'],
  },
  examples: [
    {
      subjectType: 'Artifact',
      subjectId: 'art-api-7c',
      riskScore: 82,
      version: 7,
      previousRiskScore: 64,
      level: 'Critical',
      factors: [
        { name: 'open-critical-findings', points: 40, sourceEventId: 'evt-finding-20f7' },
        { name: 'restricted-data', points: 30 },
        { name: 'production', points: 12 },
      ],
      modelVersion: 'risk-model-4',
      scoredAt: '2026-06-11T09:00:01Z',
      validUntil: '2026-06-18T09:00:01Z',
    },
    { subjectType: 'Tenant', subjectId: 'contoso', riskScore: 12.5, version: 1, level: 'Low' },
  ],
})
