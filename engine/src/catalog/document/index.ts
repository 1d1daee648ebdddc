export type { AsyncApiOptions, AsyncApiServer } from './asyncapi/to-async-api.ts'
export { toAsyncApi } from './asyncapi/to-async-api.ts'
export type {
  CatalogDocument,
  CatalogScope,
  CommandDocument,
  DocumentVersion,
  EventDocument,
  TopicDocument,
} from './catalog-document.ts'
export { compareBothWays } from './changelog/compare-both-ways.ts'
export type {
  CompareSchemas,
  CounterExample,
  SchemaChange,
  SchemaComparison,
} from './changelog/schema-change.ts'
export type { ChangelogEntry, VersionedSchema } from './changelog/to-changelog.ts'
export { toChangelog } from './changelog/to-changelog.ts'
export { flowDiagram, sequenceDiagram } from './diagram/mermaid.ts'
export type { EventDetailDocument, VersionPair } from './event-detail.ts'
export { toEventDetail } from './event-detail.ts'
export { exampleEnvelope } from './example-envelope.ts'
export { describeType } from './field/describe-type.ts'
export type { FieldRow } from './field/field-rows.ts'
export { fieldRows } from './field/field-rows.ts'
export { contextsOf, groupOf, ownTypes } from './group.ts'
export { idempotencyMeaning } from './idempotency.ts'
export { toMarkdown } from './markdown/to-markdown.ts'
export type { DocumentOptions, NamedContext } from './to-catalog-document.ts'
export { toCatalogDocument } from './to-catalog-document.ts'
export { toTypeScript } from './typescript/to-typescript.ts'
export { slug, uniqueNames } from './unique-names.ts'
