export type { Clock } from './clock.ts'
export { systemClock } from './clock.ts'
export type { ExecutionContext } from './context.ts'
export { currentContext, runInContext, traceIdOf } from './context.ts'
export type { CommandDefinition, Rejection } from './definition/command-definition.ts'
export { defineCommand } from './definition/command-definition.ts'
export type {
  DeadLetterPolicy,
  Deprecation,
  EventDefinition,
  EventKind,
  MonitoringHints,
  PayloadOf,
  RetentionDefault,
  RetryPolicy,
} from './definition/event-definition.ts'
export { defineEvent } from './definition/event-definition.ts'
export type { TopicDefinition } from './definition/topic-definition.ts'
export { defineTopic } from './definition/topic-definition.ts'
export type { BaseEvent, DomainEvent } from './envelope/base-event.ts'
export { fromBaseEvent, isBaseEvent, toBaseEvent } from './envelope/base-event.ts'
export { boundedName } from './envelope/bounded-name.ts'
export { cloudEventId, fromCloudEvent, isCloudEvent, toCloudEvent } from './envelope/cloud-event.ts'
export type { Completion } from './envelope/complete.ts'
export { completeEvent } from './envelope/complete.ts'
export type {
  CompleteEvent,
  Envelope,
  EnvelopeInput,
  EventMetadata,
  FillableField,
} from './envelope/envelope.ts'
export { envelopeFields, fillableFields, filledBit } from './envelope/envelope.ts'
export type { PersonalField } from './envelope/personal-field.ts'
export { isPersonKind, personKinds } from './envelope/personal-field.ts'
export type { ErrorCode, ErrorDetails, FieldFault } from './error.ts'
export { KeelsonError, toKeelsonError } from './error.ts'
export type { ErrorEntry } from './error-entry.ts'
export { errorTable } from './error-table.ts'
export type { EventId, IdSource, RandomFill, TenantId } from './id.ts'
export { createIdSource, eventIdPattern, platformTenant, pooledRandom, tenantIdPattern } from './id.ts'
export { canonicalJson, canonicalString } from './json/canonical-json.ts'
export type { JsonObject, JsonValue } from './json/json.ts'
export { decodeUtf8, isJsonObject, parseJson } from './json/json.ts'
export type { JsonSlice, JsonSplitOptions, JsonSplitter } from './json/json-split.ts'
export { createJsonSplitter } from './json/json-split.ts'
export { toUtc } from './time.ts'
