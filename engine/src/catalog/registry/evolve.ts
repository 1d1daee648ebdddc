import type { PayloadOf } from '../../core/index.ts'
import type { RecordedChange } from './port.ts'
import {
  SchemaCompatibilityChanged,
  SchemaDeprecated,
  SchemaModeChanged,
  SchemaRegistered,
  SchemaVersionDeleted,
} from './registry-events.ts'
import type { RegistryState, SchemaContent, SubjectState } from './registry-state.ts'
import { contentKey, knownId, versionSize } from './registry-state.ts'

/** The state after a change. What is not known, or lost its content, only moves the version on. */
export function evolve(state: RegistryState, change: RecordedChange): RegistryState {
  return { ...apply(state, change), version: change.version, lastEventId: change.eventId }
}

function apply(state: RegistryState, { eventType, payload, recordedAt }: RecordedChange): RegistryState {
  if (payload === undefined) return state
  switch (eventType) {
    case SchemaRegistered.type:
      return registered(state, payload as PayloadOf<typeof SchemaRegistered>, recordedAt)
    case SchemaDeprecated.type:
      return deprecated(state, payload as PayloadOf<typeof SchemaDeprecated>, recordedAt)
    case SchemaVersionDeleted.type:
      return versionDeleted(state, payload as PayloadOf<typeof SchemaVersionDeleted>)
    case SchemaCompatibilityChanged.type: {
      const { subject, compatibility } = payload as PayloadOf<typeof SchemaCompatibilityChanged>
      return set(state, subject, 'compatibility', compatibility)
    }
    case SchemaModeChanged.type: {
      const { subject, mode } = payload as PayloadOf<typeof SchemaModeChanged>
      return set(state, subject, 'mode', mode)
    }
    default:
      return state
  }
}

function registered(
  state: RegistryState,
  payload: PayloadOf<typeof SchemaRegistered>,
  registeredAt: string,
): RegistryState {
  const { subject: name, version, event, references = [], ...rest } = payload
  const { id } = rest
  const subject = subjectOf(state, name)
  const next: SubjectState = {
    ...subject,
    versions: [...subject.versions, { version, id, registeredAt, isDeleted: false }],
    nextVersion: version + 1,
    ...(event === undefined ? {} : { event }),
  }
  const subjects = state.subjects.with(name, next)
  return {
    ...withUse(state, { ...rest, references, uses: 1, origin: { subject: name, version } }),
    subjects,
    nextId: Math.max(state.nextId, id + 1),
  }
}

function withUse(state: RegistryState, content: SchemaContent): RegistryState {
  const key = String(content.id)
  const known = state.contents.get(key)
  if (known) {
    const contents = state.contents.with(key, { ...known, uses: known.uses + 1 })
    return { ...state, contents, size: state.size + versionSize }
  }
  const ids = state.idsByHash.get(content.hash) ?? []
  const isNew = knownId(state, content) === undefined
  return {
    ...state,
    contents: state.contents.with(key, content),
    idsByHash: isNew
      ? state.idsByHash.with(content.hash, [...ids, { id: content.id, key: contentKey(content) }])
      : state.idsByHash,
    size: state.size + content.schema.length + versionSize,
  }
}

function deprecated(
  state: RegistryState,
  { subject: name, isDeprecated, reason = '', successor, sunset }: PayloadOf<typeof SchemaDeprecated>,
  since: string,
): RegistryState {
  const { deprecation: _, ...subject } = subjectOf(state, name)
  const optional = { ...(successor !== undefined && { successor }), ...(sunset !== undefined && { sunset }) }
  const next = isDeprecated ? { ...subject, deprecation: { since, reason, ...optional } } : subject
  return { ...state, subjects: state.subjects.with(name, next) }
}

function versionDeleted(
  state: RegistryState,
  { subject: name, version, isPermanent }: PayloadOf<typeof SchemaVersionDeleted>,
): RegistryState {
  const subject = subjectOf(state, name)
  const versions = isPermanent
    ? subject.versions.filter(item => item.version !== version)
    : subject.versions.map(item => (item.version === version ? { ...item, isDeleted: true } : item))
  const next = { ...state, subjects: state.subjects.with(name, { ...subject, versions }) }
  const gone = isPermanent ? subject.versions.find(item => item.version === version) : undefined
  return gone === undefined ? next : withoutUse(next, String(gone.id))
}

/** A text goes with the last version that has it. */
function withoutUse(state: RegistryState, key: string): RegistryState {
  const content = state.contents.get(key)
  if (content === undefined) return state
  const uses = content.uses - 1
  const size = state.size - versionSize
  if (uses > 0) return { ...state, contents: state.contents.with(key, { ...content, uses }), size }
  return { ...state, contents: state.contents.without(key), size: size - content.schema.length }
}

function set(
  state: RegistryState,
  name: string | undefined,
  member: 'compatibility' | 'mode',
  value: string | undefined,
): RegistryState {
  if (name === undefined) return withMember(state, member, value)
  const subject = withMember(subjectOf(state, name), member, value)
  return { ...state, subjects: state.subjects.with(name, subject) }
}

function withMember<Holder extends object>(
  holder: Holder,
  member: string,
  value: string | undefined,
): Holder {
  if (value !== undefined) return { ...holder, [member]: value }
  return Object.fromEntries(Object.entries(holder).filter(([name]) => name !== member)) as Holder
}

function subjectOf(state: RegistryState, name: string): SubjectState {
  return state.subjects.get(name) ?? { name, versions: [], nextVersion: 1 }
}
