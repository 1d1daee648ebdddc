import { defineEvent } from 'keelson'
import Type from 'typebox'
import { id, list, note, number, oneOf, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

/** What a label says of an artifact, as it is asked for and as it is told. */
export const labelFacts = {
  artifactId: id('Artifact that it is about.', 'art-api-7c'),
  contentHash: id(
    'Hash of the content that was looked at, as the artifact store names it.',
    'sha256:9f86d081884c7d65',
  ),
  artifactType: Type.Optional(id('Kind of the artifact.', 'ContainerImage')),
  categories: Type.Optional(
    list(id('Category of data.', 'payment'), 'What kinds of data it holds.', ['payment']),
  ),
}

export const DataClassified = defineEvent({
  type: 'DataClassified',
  version: '1.0',
  kind: 'integration',
  topic: 'governance.classification',
  summary:
    'An artifact got a label for its data, or its label changed; how it may be used follows from the label.',
  producer: 'DataClassificationService',
  consumers: ['Knowledge Platform', 'RiskScoreWorker'],
  aggregate: 'DataClassification',
  orderingKey: event => event.payload.artifactId,
  idempotencyKey: event =>
    `${event.payload.artifactId}:${event.payload.contentHash}:${event.payload.classification}:${event.correlationId}`,
  payload: Type.Object(
    {
      ...labelFacts,
      classification: id('Label, such as Public, Internal, Confidential or Restricted.', 'Restricted'),
      previousClassification: Type.Optional(id('Label that it had before.', 'Internal')),
      assignment: Type.Optional(
        oneOf(['Automatic', 'Manual'], 'Whether rules or a person decided.', 'Automatic'),
      ),
      confidence: Type.Optional(
        number('How sure the rules are, from 0 to 1.', 0.96, { minimum: 0, maximum: 1 }),
      ),
      classificationRules: Type.Optional(
        list(id('Id of a rule.', 'rule-card-numbers'), 'Rules that led to the label.', ['rule-card-numbers']),
      ),
      classifiedBy: Type.Optional(id('Person who decided, where no rule did.', 'usr-12')),
      justification: Type.Optional(note('Why a person chose a lower label.', 'Holds test data alone.')),
      handling: Type.Optional(
        list(
          oneOf(
            ['Redact', 'Encrypt', 'DenyMemory', 'DenyExport'],
            'Redact: show it only with what is confidential taken out. Encrypt: keep it encrypted. DenyMemory: agents do not keep it in their memory or knowledge. DenyExport: it does not leave the platform.',
            'Redact',
          ),
          'What the label demands of whoever uses it.',
          ['Redact'],
          { maxItems: 10 },
        ),
      ),
      classifiedAt: Type.Optional(time('When the label was given.')),
    },
    { description: 'Which artifact has which label now.' },
  ),
  rules: [
    'The same content is not classified again by rules; only other content, or a person, changes a label.',
    'A label that a person gave is lowered only by a person, with a reason.',
    'The newest one of an artifact holds.',
  ],
  personal: [{ pointer: '/justification/text', subject: '/justification/authorId', kind: 'free-text' }],
  retention: retention.evidence,
  retry: retry.worker,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: ['Artifacts by label.', 'Labels that were lowered, by person.', 'Time from content to label.'],
    alerts: ['An artifact has been without a label for an hour.'],
  },
  examples: [
    {
      artifactId: 'art-api-7c',
      contentHash: 'sha256:9f86d081884c7d65',
      artifactType: 'ContainerImage',
      categories: ['payment', 'customer'],
      classification: 'Restricted',
      previousClassification: 'Internal',
      assignment: 'Automatic',
      confidence: 0.96,
      classificationRules: ['rule-card-numbers'],
      handling: ['Redact', 'DenyMemory'],
      classifiedAt: '2026-06-11T09:00:01Z',
    },
    {
      artifactId: 'art-fixtures-2',
      contentHash: 'sha256:2c26b46b68ffc68f',
      classification: 'Internal',
      previousClassification: 'Restricted',
      assignment: 'Manual',
      classifiedBy: 'usr-12',
      justification: { authorId: 'usr-12', text: 'Holds test data alone.' },
    },
  ],
})
