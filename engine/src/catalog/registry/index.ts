export type { SchemaRequest } from './check-request.ts'
export type {
  CompatibilityVerdict,
  ParsedSchema,
  SchemaChecker,
  SchemaCheckers,
  SchemaDocument,
  SchemaType,
} from './checker.ts'
export { schemaTypes } from './checker.ts'
export type { RegistryOptions } from './create-registry.ts'
export { createRegistry } from './create-registry.ts'
export type { DeprecationRequest } from './decide-change.ts'
export type { EventDetails } from './event-details.ts'
export { createJsonChecker } from './json-checker.ts'
export type { SubjectPage, SubjectQuery, SubjectSummary } from './list-subjects.ts'
export type { RecordedChange, RegistryChange, RegistryLog } from './port.ts'
export type { Registry } from './registry.ts'
export {
  catalogTopic,
  registryEvents,
  SchemaCompatibilityChanged,
  SchemaDeprecated,
  SchemaModeChanged,
  SchemaRegistered,
  SchemaVersionDeleted,
} from './registry-events.ts'
export type { RegistryLimits } from './registry-limits.ts'
export { defaultRegistryLimits } from './registry-limits.ts'
export type {
  RegistryMode,
  SchemaReference,
  SubjectDeprecation,
} from './registry-state.ts'
export type { SchemaVersion } from './view.ts'
