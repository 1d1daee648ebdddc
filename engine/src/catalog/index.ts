export type { CasterDefinition, VersionName } from './caster/caster-definition.ts'
export { defineCaster } from './caster/caster-definition.ts'
export type { Catalog, CatalogEntry, CatalogOptions, CatalogVersion, OwnTypes } from './catalog.ts'
export { createCatalog, toEntry } from './catalog.ts'
export type { Codec, CodecLimits, RegistryFrame } from './codec/index.ts'
export { decodeRegistryFrame, encodeRegistryFrame, jsonCodec } from './codec/index.ts'
export type {
  CompareOptions,
  Comparison,
  CompatibilityMode,
  Difference,
  Direction,
  SampleOptions,
  Verdict,
  VersionComparison,
} from './compatibility/index.ts'
export {
  checkCompatibility,
  closedView,
  compareSchemas,
  compatibilityModes,
  openView,
  sampleValues,
} from './compatibility/index.ts'
export type {
  AsyncApiOptions,
  AsyncApiServer,
  CatalogDocument,
  CatalogScope,
  ChangelogEntry,
  CommandDocument,
  CompareSchemas,
  CounterExample,
  DocumentOptions,
  DocumentVersion,
  EventDetailDocument,
  EventDocument,
  FieldRow,
  NamedContext,
  SchemaChange,
  SchemaComparison,
  TopicDocument,
  VersionedSchema,
  VersionPair,
} from './document/index.ts'
export {
  compareBothWays,
  contextsOf,
  describeType,
  exampleEnvelope,
  fieldRows,
  flowDiagram,
  groupOf,
  idempotencyMeaning,
  ownTypes,
  sequenceDiagram,
  slug,
  toAsyncApi,
  toCatalogDocument,
  toChangelog,
  toEventDetail,
  toMarkdown,
  toTypeScript,
  uniqueNames,
} from './document/index.ts'
export type { ComparePair, FrozenFault, FrozenReport } from './frozen/check-frozen.ts'
export { checkFrozen } from './frozen/check-frozen.ts'
export type { FrozenSchema } from './frozen/frozen-schema.ts'
export { toFrozenSchema } from './frozen/frozen-schema.ts'
export type { SchemaKind } from './frozen/schema-document.ts'
export { schemaHash, schemaId, toSchemaDocument } from './frozen/schema-document.ts'
export { nearestNames } from './nearest-names.ts'
export type {
  CompatibilityVerdict,
  DeprecationRequest,
  EventDetails,
  ParsedSchema,
  RecordedChange,
  Registry,
  RegistryChange,
  RegistryLimits,
  RegistryLog,
  RegistryMode,
  RegistryOptions,
  SchemaChecker,
  SchemaCheckers,
  SchemaDocument,
  SchemaReference,
  SchemaRequest,
  SchemaType,
  SchemaVersion,
  SubjectDeprecation,
  SubjectPage,
  SubjectQuery,
  SubjectSummary,
} from './registry/index.ts'
export {
  catalogTopic,
  createJsonChecker,
  createRegistry,
  defaultRegistryLimits,
  registryEvents,
  SchemaCompatibilityChanged,
  SchemaDeprecated,
  SchemaModeChanged,
  SchemaRegistered,
  SchemaVersionDeleted,
  schemaTypes,
} from './registry/index.ts'
export type { CheckedSchema, NamedSchema } from './schema/index.ts'
export { checkSchema, createSchemaValidator, formatNames, readSchema, schemaLimits } from './schema/index.ts'
export type { PayloadValidator } from './validator.ts'
export { createValidator } from './validator.ts'
