import { KeelsonError } from '../../core/index.ts'
import type { CompatibilityMode } from '../compatibility/index.ts'
import type { Decision } from './decision.ts'
import { noSubject, notFound, noVersion } from './fault.ts'
import type { RegistryChange } from './port.ts'
import {
  SchemaCompatibilityChanged,
  SchemaDeprecated,
  SchemaModeChanged,
  SchemaVersionDeleted,
} from './registry-events.ts'
import type { RegistryMode, RegistryState, SubjectState } from './registry-state.ts'
import { liveVersions } from './registry-state.ts'

/** @throws KeelsonError `schema_read_only`. */
export function refuseReadOnly(state: RegistryState, subject: SubjectState | undefined): void {
  if ((subject?.mode ?? state.mode ?? 'READWRITE') === 'READWRITE') return
  const what = subject?.mode === undefined ? 'The registry' : `The subject "${subject.name}"`
  throw new KeelsonError('schema_read_only', `${what} takes no changes`)
}

/** What is said of a subject that is going away. */
export interface DeprecationRequest {
  readonly reason: string
  readonly successor?: string
  /** RFC 3339 date. */
  readonly sunset?: string
}

/** Marks a subject as going away, or takes the mark off where there is no request. */
export function decideDeprecation(
  state: RegistryState,
  name: string,
  request: DeprecationRequest | undefined,
): Decision<undefined> {
  const subject = existing(state, name)
  refuseReadOnly(state, subject)
  if (request === undefined && subject.deprecation === undefined) return { changes: [], answer: undefined }
  const payload = { subject: name, isDeprecated: request !== undefined, ...request }
  return { changes: [{ eventType: SchemaDeprecated.type, payload }], answer: undefined }
}

/**
 * Deletes a version; for good only where it was deleted before. The answer is its number.
 *
 * @throws KeelsonError `schema_not_found`, `schema_not_deleted`, `schema_referenced`, `schema_read_only`.
 */
export function decideDeleteVersion(
  state: RegistryState,
  name: string,
  wanted: number | 'latest',
  isPermanent: boolean,
): Decision<number> {
  const subject = state.subjects.get(name)
  if (subject === undefined || subject.versions.length === 0) throw noSubject(name)
  refuseReadOnly(state, subject)
  const candidates = isPermanent ? subject.versions : liveVersions(subject)
  const found = wanted === 'latest' ? candidates.at(-1) : candidates.find(({ version }) => version === wanted)
  if (found === undefined) {
    const isGone = subject.versions.some(({ version }) => version === wanted)
    throw isGone
      ? notFound('version', `The version ${wanted} of "${name}" was deleted already`, { isDeleted: true })
      : noVersion(name, wanted)
  }
  if (isPermanent && !found.isDeleted)
    throw notDeleted(`The version ${found.version} of "${name}"`, 'version')
  if (!found.isDeleted) refuseReferenced(state, name, [found.version])
  return { changes: [deletion(name, found.version, isPermanent)], answer: found.version }
}

/** Deletes all versions of a subject and what was set for it. The answer is the numbers of the versions. */
export function decideDeleteSubject(
  state: RegistryState,
  name: string,
  isPermanent: boolean,
): Decision<readonly number[]> {
  const subject = state.subjects.get(name)
  if (subject === undefined || subject.versions.length === 0) throw noSubject(name)
  refuseReadOnly(state, subject)
  const live = liveVersions(subject)
  if (isPermanent && live.length > 0) throw notDeleted(`The subject "${name}"`, 'subject')
  if (!isPermanent && live.length === 0)
    throw notFound('subject', `The subject "${name}" was deleted already`, { isDeleted: true })
  const numbers = (isPermanent ? subject.versions : live).map(({ version }) => version)
  if (!isPermanent) refuseReferenced(state, name, numbers)
  const changes = numbers.map(version => deletion(name, version, isPermanent))
  if (subject.compatibility !== undefined)
    changes.push({ eventType: SchemaCompatibilityChanged.type, payload: { subject: name } })
  return { changes, answer: numbers }
}

/** Sets what new versions keep to, for a subject or the whole scope; undefined takes it back. */
export function decideCompatibility(
  state: RegistryState,
  name: string | undefined,
  compatibility: CompatibilityMode | undefined,
): Decision<undefined> {
  const holder = name === undefined ? state : state.subjects.get(name)
  refuseReadOnly(state, name === undefined ? undefined : state.subjects.get(name))
  if (holder?.compatibility === compatibility) return { changes: [], answer: undefined }
  const payload = { ...(name !== undefined && { subject: name }), ...(compatibility && { compatibility }) }
  return { changes: [{ eventType: SchemaCompatibilityChanged.type, payload }], answer: undefined }
}

/** Closes a subject or the whole scope to changes, or opens it; undefined takes back what was set. */
export function decideMode(
  state: RegistryState,
  name: string | undefined,
  mode: RegistryMode | undefined,
): Decision<undefined> {
  const holder = name === undefined ? state : state.subjects.get(name)
  if (holder?.mode === mode) return { changes: [], answer: undefined }
  const payload = { ...(name !== undefined && { subject: name }), ...(mode && { mode }) }
  return { changes: [{ eventType: SchemaModeChanged.type, payload }], answer: undefined }
}

/** Ids of the schemas that refer to a version and are not deleted. */
export function referrersOf(state: RegistryState, name: string, version: number): number[] {
  const referring = new Set<number>()
  for (const content of state.contents.values())
    if (content.references.some(to => to.subject === name && to.version === version))
      referring.add(content.id)
  if (referring.size === 0) return []
  const live = new Set<number>()
  for (const subject of state.subjects.values())
    for (const { id } of liveVersions(subject)) if (referring.has(id)) live.add(id)
  return [...live].sort((a, b) => a - b)
}

function existing(state: RegistryState, name: string): SubjectState {
  const subject = state.subjects.get(name)
  if (subject === undefined || liveVersions(subject).length === 0) throw noSubject(name)
  return subject
}

function refuseReferenced(state: RegistryState, name: string, versions: readonly number[]): void {
  for (const version of versions) {
    const ids = referrersOf(state, name, version)
    if (ids.length > 0)
      throw new KeelsonError(
        'schema_referenced',
        `The version ${version} of "${name}" is referred to by the schemas ${ids.slice(0, 10).join(', ')}`,
        { ids: ids.slice(0, 100) },
      )
  }
}

function notDeleted(what: string, kind: 'subject' | 'version'): KeelsonError {
  return new KeelsonError('schema_not_deleted', `${what} is not deleted yet`, { kind })
}

const deletion = (subject: string, version: number, isPermanent: boolean): RegistryChange => ({
  eventType: SchemaVersionDeleted.type,
  payload: { subject, version, isPermanent },
})
