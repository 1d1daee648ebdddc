import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, text } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'governance.signals',
  retention: retention.signals,
  retry: retry.worker,
  deadLetter: deadLetter.ticket,
} as const

const artifactFacts = {
  artifactId: id('Id of the artifact.', 'art-api-7c'),
  contentHash: id('Hash of its content, as the artifact store names it.', 'sha256:9f86d081884c7d65'),
  artifactType: Type.Optional(id('Kind of the artifact.', 'ContainerImage')),
  name: Type.Optional(text('Name to show.', 'reservations-api')),
  location: Type.Optional(text('Where it can be read.', 'registry.example.com/reservations-api:2.4.0', 2048)),
  mediaType: Type.Optional(id('Media type of its content.', 'application/vnd.oci.image.manifest.v1+json')),
  bytes: Type.Optional(count('Bytes of its content.', 48_210_400)),
  repositoryId: Type.Optional(id('Repository that it was built from.', 'octo/hello')),
  commitId: Type.Optional(id('Commit that it was built from.', '1f6a0c2')),
}
const author = (description: string) => Type.Optional(id(description, 'agent-coder-07'))

export const ArtifactCreated = defineEvent({
  ...common,
  type: 'ArtifactCreated',
  summary: 'The factory made an artifact that was not there before.',
  producer: 'Factory',
  consumers: ['DataClassificationWorker', 'SecretScanWorker'],
  aggregate: 'Artifact',
  orderingKey: event => event.payload.artifactId,
  idempotencyKey: event => event.payload.artifactId,
  payload: Type.Object(
    { ...artifactFacts, createdBy: author('User or agent that made it.') },
    { description: 'Which artifact, with which content.' },
  ),
  rules: [
    'The content can be read under its hash when the event is published.',
    'It is labelled and scanned for secrets before anyone else may use it.',
  ],
  personal: [],
  monitoring: {
    metrics: ['Artifacts made, by kind.', 'Time until an artifact has its label.'],
    alerts: ['The content of an artifact cannot be read under its hash.'],
  },
  examples: [
    {
      artifactId: 'art-api-7c',
      contentHash: 'sha256:9f86d081884c7d65',
      artifactType: 'ContainerImage',
      name: 'reservations-api',
      location: 'registry.example.com/reservations-api:2.4.0',
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      bytes: 48_210_400,
      repositoryId: 'octo/hello',
      commitId: '1f6a0c2',
      createdBy: 'agent-coder-07',
    },
    { artifactId: 'art-docs-1', contentHash: 'sha256:2c26b46b68ffc68f', artifactType: 'Document' },
  ],
})

export const ArtifactUpdated = defineEvent({
  ...common,
  type: 'ArtifactUpdated',
  summary: 'An artifact has other content, or something else about it changed.',
  producer: 'Factory',
  consumers: ['DataClassificationWorker'],
  aggregate: 'Artifact',
  orderingKey: event => event.payload.artifactId,
  idempotencyKey: event => `${event.payload.artifactId}:${event.payload.contentHash}:${event.occurredAt}`,
  payload: Type.Object(
    {
      ...artifactFacts,
      previousContentHash: Type.Optional(id('Hash that it had before.', 'sha256:5feceb66ffc86f38')),
      updatedBy: author('User or agent that changed it.'),
    },
    { description: 'Which artifact, and what content it has now.' },
  ),
  rules: [
    'Where the hash is the one before, the content is the same and the label stays.',
    'It follows the ArtifactCreated of the same artifact.',
  ],
  personal: [],
  monitoring: {
    metrics: ['Changed artifacts, by kind.', 'Share of changes that leave the content as it was.'],
    alerts: ['An artifact changes more than a hundred times in an hour.'],
  },
  examples: [
    {
      artifactId: 'art-api-7c',
      contentHash: 'sha256:9f86d081884c7d65',
      artifactType: 'ContainerImage',
      name: 'reservations-api',
      location: 'registry.example.com/reservations-api:2.4.1',
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      bytes: 48_210_912,
      repositoryId: 'octo/hello',
      commitId: '7be1d04',
      previousContentHash: 'sha256:5feceb66ffc86f38',
      updatedBy: 'agent-coder-07',
    },
    { artifactId: 'art-docs-1', contentHash: 'sha256:2c26b46b68ffc68f', updatedBy: 'usr-31' },
  ],
})
