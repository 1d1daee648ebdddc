import { platformTenant } from '../../core/index.ts'
import type { SchemaType } from './checker.ts'
import { noSubject, notFound, noVersion } from './fault.ts'
import type {
  RegistryState,
  SchemaContent,
  SchemaReference,
  SubjectDeprecation,
  SubjectState,
  SubjectVersion,
} from './registry-state.ts'
import { contentOf, firstBuiltInId, firstTenantId, liveVersions } from './registry-state.ts'

/** What a caller sees: its own scope, and the platform's behind it. */
export interface View {
  readonly own: RegistryState
  /** Undefined where the caller is the platform itself. */
  readonly platform: RegistryState | undefined
  /** What the platform's own definitions say, behind both. */
  readonly builtIn?: RegistryState | undefined
}

/** A version of a subject with its schema. */
export interface SchemaVersion {
  readonly scope: 'tenant' | 'platform'
  readonly subject: string
  readonly version: number
  readonly id: number
  readonly schemaType: SchemaType
  readonly schema: string
  /** SHA-256 of the canonical text, hexadecimal. */
  readonly hash: string
  readonly references: readonly SchemaReference[]
  readonly title?: string
  readonly description?: string
  /** RFC 3339; absent for what the platform's own definitions say. */
  readonly registeredAt?: string
  readonly isDeleted: boolean
  readonly deprecation?: SubjectDeprecation
  /** `schemaVersion` of events of this type, where the subject is an event type. */
  readonly schemaVersion?: string
}

/** A subject and where it is kept. */
export interface FoundSubject {
  readonly state: RegistryState
  readonly subject: SubjectState
}

export interface FindOptions {
  /** Whether what was deleted, but not for good, is found too. */
  readonly includeDeleted?: boolean
}

/** What a schema of this scope sees itself: one of the platform nothing of the tenant that looks at it. */
export function viewWithin({ own, platform, builtIn }: View, scope: 'tenant' | 'platform'): View {
  return scope === 'platform' && platform
    ? { own: platform, platform: undefined, builtIn }
    : { own, platform, builtIn }
}

/** Where a name is looked for, in this order. */
export const scopesOf = ({ own, platform, builtIn }: View): readonly RegistryState[] =>
  [own, platform, builtIn].filter(state => state !== undefined)

/** @throws KeelsonError `schema_not_found`. */
export function findSubject(view: View, name: string, { includeDeleted }: FindOptions = {}): FoundSubject {
  for (const state of scopesOf(view)) {
    const subject = state.subjects.get(name)
    const versions = includeDeleted ? subject?.versions : liveVersions(subject)
    if (subject && versions && versions.length > 0) return { state, subject }
  }
  throw noSubject(name)
}

/** @throws KeelsonError `schema_not_found`. */
export function findVersion(
  view: View,
  name: string,
  wanted: number | 'latest',
  options: FindOptions = {},
): SchemaVersion {
  const { state, subject } = findSubject(view, name, options)
  const versions = options.includeDeleted ? subject.versions : liveVersions(subject)
  const found = wanted === 'latest' ? versions.at(-1) : versions.find(({ version }) => version === wanted)
  if (!found) throw noVersion(name, wanted)
  return describeVersion(state, subject, found)
}

/** The schema of an id, in the first version that has it; deleted ones are found, as long as it is not for good. */
export function findById(view: View, id: number): SchemaVersion {
  const state = stateOfId(view, id)
  const content = state?.contents.get(String(id))
  const found = state && content && firstUse(state, content)
  if (!found) throw notFound('schema', `There is no schema with the id ${id}`, { id })
  return found
}

export function findByHash(view: View, hash: string): SchemaVersion {
  for (const state of scopesOf(view))
    for (const { id } of state.idsByHash.get(hash) ?? [])
      if (state.contents.get(String(id))) return findById(view, id)
  throw notFound('schema', 'There is no schema with this hash', { hash })
}

/** The subjects and versions under which a schema stands. */
export function usesOf(view: View, id: number, { includeDeleted }: FindOptions = {}): SchemaVersion[] {
  const state = stateOfId(view, id)
  if (!state?.contents.get(String(id)))
    throw notFound('schema', `There is no schema with the id ${id}`, { id })
  const uses: SchemaVersion[] = []
  for (const subject of state.subjects.values())
    for (const version of subject.versions)
      if (version.id === id && (includeDeleted || !version.isDeleted))
        uses.push(describeVersion(state, subject, version))
  return uses.sort((a, b) => compareText(a.subject, b.subject) || a.version - b.version)
}

export function describeVersion(
  state: RegistryState,
  subject: SubjectState,
  version: SubjectVersion,
): SchemaVersion {
  const { uses: _, origin: __, ...content } = contentOf(state, version)
  return {
    scope: state.scope === platformTenant ? 'platform' : 'tenant',
    subject: subject.name,
    ...version,
    ...content,
    ...(subject.deprecation && { deprecation: subject.deprecation }),
    ...(subject.event && { schemaVersion: schemaVersionOf(subject.name, version.version) }),
  }
}

/** Version n of the subject `OrderPlaced` is `1.(n-1)` of the event type, of `OrderPlacedV2` it is `2.(n-1)`. */
export function schemaVersionOf(name: string, version: number): string {
  const major = /V([2-9]|[1-9]\d+)$/.exec(name)?.[1] ?? '1'
  return `${major}.${version - 1}`
}

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function stateOfId({ own, platform, builtIn }: View, id: number): RegistryState | undefined {
  if (id >= firstBuiltInId) return builtIn
  return platform === undefined || id >= firstTenantId ? own : platform
}

function firstUse(state: RegistryState, { id, origin }: SchemaContent): SchemaVersion | undefined {
  const first = state.subjects.get(origin.subject)
  for (const subject of first ? [first, ...state.subjects.values()] : state.subjects.values()) {
    const version = subject.versions.find(item => item.id === id)
    if (version) return describeVersion(state, subject, version)
  }
  return undefined
}

/** The newest version that the scope itself has. */
export function newestOf(own: RegistryState, name: string): SchemaVersion | undefined {
  const subject = own.subjects.get(name)
  const newest = liveVersions(subject).at(-1)
  return subject && newest && describeVersion(own, subject, newest)
}

/** The scope that what is set for a subject stands in. */
export function holderOf(view: View, name: string): RegistryState {
  return scopesOf(view).find(state => state.subjects.get(name) !== undefined) ?? view.own
}
