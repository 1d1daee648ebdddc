import { platformTenant } from '../../core/index.ts'
import type { CompatibilityMode } from '../compatibility/index.ts'
import type { SchemaType } from './checker.ts'
import type { EventDetails } from './event-details.ts'
import { Shelf } from './shelf.ts'

export interface SchemaReference {
  /** What the text calls the other schema. */
  readonly name: string
  readonly subject: string
  readonly version: number
}

/** A schema by its id: its text, whichever subjects it stands under. */
export interface SchemaContent {
  readonly id: number
  readonly schemaType: SchemaType
  readonly schema: string
  readonly hash: string
  readonly references: readonly SchemaReference[]
  readonly title?: string
  readonly description?: string
  /** Versions of subjects that have it, deleted ones included. */
  readonly uses: number
  /** The version that brought it. */
  readonly origin: { readonly subject: string; readonly version: number }
}

export interface SubjectVersion {
  readonly version: number
  readonly id: number
  /** RFC 3339; absent for what the platform's own definitions say. */
  readonly registeredAt?: string
  /** Deleted, but not for good: still found where it is asked for. */
  readonly isDeleted: boolean
}

export interface SubjectDeprecation {
  readonly since: string
  readonly reason: string
  readonly successor?: string
  readonly sunset?: string
}

export type RegistryMode = 'READWRITE' | 'READONLY'

export interface SubjectState {
  readonly name: string
  /** Oldest first, without those that were deleted for good. */
  readonly versions: readonly SubjectVersion[]
  readonly nextVersion: number
  readonly compatibility?: CompatibilityMode
  readonly mode?: RegistryMode
  readonly deprecation?: SubjectDeprecation
  readonly event?: EventDetails
}

/** All that a scope's log says. */
export interface RegistryState {
  readonly scope: string
  /** Version of the log that it stands at, and the id of the event there. */
  readonly version: number
  readonly lastEventId: string | undefined
  readonly nextId: number
  readonly compatibility?: CompatibilityMode
  readonly mode?: RegistryMode
  readonly subjects: Shelf<SubjectState>
  /** By id. */
  readonly contents: Shelf<SchemaContent>
  /** Ids by hash, also of those that were deleted for good. */
  readonly idsByHash: Shelf<readonly { readonly id: number; readonly key: string }[]>
  /** Characters of all texts, and `versionSize` for each version. */
  readonly size: number
}

/** What a version counts beside its text, which others may have too. */
export const versionSize = 256

/** Ids of the platform's schemas lie below those of tenants, so that an id says whose it is. */
export const firstTenantId = 1_000_001

/** Ids of the schemas of the platform's own definitions: the upper half of what fits into the four bytes of clients. */
export const firstBuiltInId = 2 ** 30

export function initialState(scope: string): RegistryState {
  return {
    scope,
    version: 0,
    lastEventId: undefined,
    nextId: scope === platformTenant ? 1 : firstTenantId,
    subjects: Shelf.empty(),
    contents: Shelf.empty(),
    idsByHash: Shelf.empty(),
    size: 0,
  }
}

/** What makes two schemas the same beside their hash. */
export function contentKey(content: Pick<SchemaContent, 'schemaType' | 'references'>): string {
  const references = content.references.map(({ name, subject, version }) => [name, subject, version])
  return JSON.stringify([content.schemaType, references])
}

export const liveVersions = (subject: SubjectState | undefined): readonly SubjectVersion[] =>
  subject?.versions.filter(version => !version.isDeleted) ?? []

export const contentOf = (state: RegistryState, { id }: { readonly id: number }): SchemaContent =>
  state.contents.get(String(id)) as SchemaContent

/** The id that the same text has already, or had before it was deleted for good. */
export function knownId(
  state: RegistryState,
  content: Pick<SchemaContent, 'schemaType' | 'references' | 'hash'>,
): number | undefined {
  const key = contentKey(content)
  return state.idsByHash.get(content.hash)?.find(entry => entry.key === key)?.id
}

/** What a new version of the subject must keep to, and whether the subject says so itself. */
export function effectiveCompatibility(
  state: RegistryState,
  subject: SubjectState | undefined,
  isEvent = subject?.event !== undefined,
): { readonly mode: CompatibilityMode; readonly isOwn: boolean } {
  if (subject?.compatibility !== undefined) return { mode: subject.compatibility, isOwn: true }
  // That it is an event type says it too.
  if (isEvent) return { mode: 'full', isOwn: true }
  return { mode: state.compatibility ?? 'backward', isOwn: false }
}
