import type { OwnTypes } from '../catalog.ts'
import type { CompatibilityMode } from '../compatibility/index.ts'
import type { SchemaRequest } from './check-request.ts'
import type { CompatibilityVerdict, SchemaDocument } from './checker.ts'
import type { DeprecationRequest } from './decide-change.ts'
import type { Registered } from './decide-register.ts'
import type { SubjectPage, SubjectQuery, SubjectSummary } from './list-subjects.ts'
import type { RegistryMode } from './registry-state.ts'
import type { FindOptions, SchemaVersion } from './view.ts'

/** What a setting is, and whether it was made for the subject (or scope) that was asked about. */
export interface Setting<Value> {
  readonly value: Value
  readonly isOwn: boolean
}

/** What would come of a registration. */
export interface CheckResult extends CompatibilityVerdict {
  readonly mode: CompatibilityMode
  /** The version that was compared last: the one that it does not fit, or undefined where there is none. */
  readonly comparedWith?: number
  readonly hash: string
}

export interface CheckOptions {
  /** Compares with this version alone; otherwise with those that the mode asks for. */
  readonly version?: number | 'latest'
  /** Refuses a subject that is not there, whose first version anything could be. */
  readonly mustExist?: boolean
  /** Refuses a name that belongs to the platform, as a registration does. */
  readonly isRegistration?: boolean
}

export interface RegisterOptions {
  /**
   * Called with the newest version before anything is changed (undefined where there is none); what it throws
   * ends the registration.
   */
  readonly guard?: (newest: SchemaVersion | undefined) => void
}

/**
 * The schemas of tenants and of the platform. Each call names the scope that it acts for: a tenant's id, or that of
 * the platform. A tenant reads its own subjects and the platform's, and changes its own alone.
 */
export interface Registry {
  /**
   * Makes a schema the next version of a subject; the same schema again is the version that it has.
   *
   * @throws KeelsonError `request_invalid`, `schema_invalid`, `schema_subject_taken`, `schema_incompatible`,
   * `schema_read_only`, `schema_limit_reached`.
   */
  register(
    scope: string,
    subject: string,
    request: SchemaRequest,
    options?: RegisterOptions,
  ): Promise<Registered>
  /** Whether it could be registered, without doing so. */
  check(scope: string, subject: string, request: SchemaRequest, options?: CheckOptions): Promise<CheckResult>
  /** The version of the subject that has this very schema. */
  lookup(
    scope: string,
    subject: string,
    request: SchemaRequest,
    options?: FindOptions,
  ): Promise<SchemaVersion>
  subjects(scope: string, query?: SubjectQuery): Promise<SubjectPage>
  subject(scope: string, name: string, options?: FindOptions): Promise<SubjectSummary>
  version(
    scope: string,
    name: string,
    version: number | 'latest',
    options?: FindOptions,
  ): Promise<SchemaVersion>
  byId(scope: string, id: number): Promise<SchemaVersion>
  byHash(scope: string, hash: string): Promise<SchemaVersion>
  /** The versions that have the schema of an id. */
  usesOf(scope: string, id: number, options?: FindOptions): Promise<readonly SchemaVersion[]>
  /** A schema's text with those that it refers to. */
  document(scope: string, version: SchemaVersion): Promise<SchemaDocument>
  /** Ids of the schemas of the scope that refer to a version. */
  referencedBy(scope: string, name: string, version: number | 'latest'): Promise<readonly number[]>
  /** Marks a subject as going away; undefined takes the mark off. */
  deprecate(scope: string, name: string, request: DeprecationRequest | undefined): Promise<SubjectSummary>
  /** Deletes a version; for good where it was deleted before and `isPermanent`. Gives its number. */
  deleteVersion(
    scope: string,
    name: string,
    version: number | 'latest',
    isPermanent?: boolean,
  ): Promise<number>
  /** Deletes all versions, as `deleteVersion`. Gives their numbers. */
  deleteSubject(scope: string, name: string, isPermanent?: boolean): Promise<readonly number[]>
  /** What new versions of a subject keep to, or those of the whole scope. */
  compatibility(scope: string, name?: string): Promise<Setting<CompatibilityMode>>
  /** Sets it; undefined takes it back. */
  setCompatibility(
    scope: string,
    name: string | undefined,
    mode: CompatibilityMode | undefined,
  ): Promise<void>
  mode(scope: string, name?: string): Promise<Setting<RegistryMode>>
  setMode(scope: string, name: string | undefined, mode: RegistryMode | undefined): Promise<void>
  /** Brings what is known of a tenant, and of the platform, up to date: to the last second, or to this moment. */
  load(scope: string, options?: { readonly isFresh?: boolean }): Promise<void>
  /** The event types that a tenant sees here, as far as they are known: without waiting. */
  ownTypes(scope: string): OwnTypes
  /** Forgets what is known of a scope, such as of a tenant that was deleted. */
  forget(scope: string): void
}
