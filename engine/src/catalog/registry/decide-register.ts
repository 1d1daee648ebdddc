import type { JsonObject } from '../../core/index.ts'
import { canonicalJson, KeelsonError } from '../../core/index.ts'
import type { CompatibilityMode } from '../compatibility/index.ts'
import type { CompatibilityVerdict, SchemaType } from './checker.ts'
import { refuseReadOnly } from './decide-change.ts'
import type { Decision } from './decision.ts'
import type { EventDetails } from './event-details.ts'
import type { RegistryChange } from './port.ts'
import { SchemaCompatibilityChanged, SchemaRegistered } from './registry-events.ts'
import type { RegistryLimits } from './registry-limits.ts'
import type { RegistryState, SchemaContent, SchemaReference, SubjectState } from './registry-state.ts'
import {
  contentKey,
  contentOf,
  effectiveCompatibility,
  knownId,
  liveVersions,
  versionSize,
} from './registry-state.ts'

/** A schema that is well formed and is to become a version of a subject. */
export interface Candidate {
  readonly subject: string
  readonly schemaType: SchemaType
  readonly schema: string
  readonly hash: string
  readonly references: readonly SchemaReference[]
  readonly title?: string
  readonly description?: string
  readonly event?: EventDetails
  readonly compatibility?: CompatibilityMode
}

export interface Registered {
  readonly id: number
  readonly version: number
  readonly hash: string
  /** False where the newest version of the subject, or an earlier one, has this very schema already. */
  readonly isNew: boolean
}

type ComparedContent = Pick<SchemaContent, 'id' | 'schemaType' | 'schema' | 'references'>

/** What a candidate has to be compared with before it can be registered: newest first. */
export interface Comparison {
  readonly mode: CompatibilityMode
  readonly earlier: readonly { readonly version: number; readonly content: ComparedContent }[]
}

/** The version of the subject that has this very schema. */
export function sameVersion(
  state: RegistryState,
  candidate: Candidate,
  subject = state.subjects.get(candidate.subject),
) {
  return liveVersions(subject).findLast(version => isSame(contentOf(state, version), candidate))
}

const isSame = (content: SchemaContent, candidate: Candidate): boolean =>
  content.hash === candidate.hash && contentKey(content) === contentKey(candidate)

export function comparisonOf(state: RegistryState, candidate: Candidate): Comparison {
  const subject = state.subjects.get(candidate.subject)
  const mode =
    candidate.compatibility ?? effectiveCompatibility(state, subject, isEvent(candidate, subject)).mode
  if (mode === 'none') return { mode, earlier: [] }
  const live = [...liveVersions(subject)].reverse()
  const looked = mode.endsWith('_transitive') ? live : live.slice(0, 1)
  return {
    mode,
    earlier: looked.map(version => ({ version: version.version, content: contentOf(state, version) })),
  }
}

/**
 * Gives the candidate its number and its id.
 *
 * @throws KeelsonError `schema_read_only`, `schema_incompatible`, `schema_invalid`, `schema_limit_reached`.
 */
export function decideRegister(
  state: RegistryState,
  candidate: Candidate,
  verdict: CompatibilityVerdict,
  limits: RegistryLimits,
): Decision<Registered> {
  const subject = state.subjects.get(candidate.subject)
  refuseReadOnly(state, subject)
  const same = sameVersion(state, candidate, subject)
  const setting = compatibilityChange(candidate, subject)
  if (same && isDescribed(candidate, subject)) {
    const { id, version } = same
    return { changes: setting, answer: { id, version, hash: candidate.hash, isNew: false } }
  }
  refuseOtherLanguage(state, candidate, subject)
  refuseIncompatible(candidate, verdict)
  refuseFull(state, candidate, subject, limits)
  const version = subject?.nextVersion ?? 1
  const id = knownId(state, candidate) ?? state.nextId
  const { compatibility: _, ...known } = candidate
  const payload = { ...known, version, id }
  return {
    changes: [...setting, { eventType: SchemaRegistered.type, payload }],
    answer: { id, version, hash: candidate.hash, isNew: true },
  }
}

function compatibilityChange(candidate: Candidate, subject: SubjectState | undefined): RegistryChange[] {
  const { compatibility } = candidate
  if (compatibility === undefined || compatibility === subject?.compatibility) return []
  return [
    { eventType: SchemaCompatibilityChanged.type, payload: { subject: candidate.subject, compatibility } },
  ]
}

const sameText = (a: object, b: object): boolean =>
  canonicalJson(a as JsonObject) === canonicalJson(b as JsonObject)

/** Whether what the candidate says of an event type is what is known of it. */
function isDescribed({ event }: Candidate, subject: SubjectState | undefined): boolean {
  // What comes back from the log has its members in another order.
  return event === undefined || (subject?.event !== undefined && sameText(event, subject.event))
}

/** Whether the subject is an event type, or becomes one. */
export const isEvent = (candidate: Candidate, subject: SubjectState | undefined): boolean =>
  (candidate.event ?? subject?.event) !== undefined

function refuseOtherLanguage(
  state: RegistryState,
  candidate: Candidate,
  subject: SubjectState | undefined,
): void {
  if (!isEvent(candidate, subject)) return
  const other = [candidate, ...liveVersions(subject).map(version => contentOf(state, version))].find(
    ({ schemaType }) => schemaType !== 'JSON',
  )
  if (other)
    throw new KeelsonError(
      'schema_invalid',
      `The event type "${candidate.subject}" is described by JSON schemas, not by ${other.schemaType}`,
    )
}

function refuseIncompatible({ subject }: Candidate, verdict: CompatibilityVerdict): void {
  if (verdict.isCompatible) return
  const [first = 'the schemas differ'] = verdict.messages
  const more = verdict.messages.length > 1 ? `, and ${verdict.messages.length - 1} more` : ''
  throw new KeelsonError(
    'schema_incompatible',
    `The schema does not fit the versions of "${subject}": ${first}${more}`,
    { ...verdict.details, subject, messages: verdict.messages },
  )
}

function refuseFull(
  state: RegistryState,
  candidate: Candidate,
  subject: SubjectState | undefined,
  limits: RegistryLimits,
): void {
  const full = (what: string, limit: number) =>
    new KeelsonError('schema_limit_reached', `There are ${what} already; at most ${limit} are kept`, {
      limit,
    })
  if (subject === undefined && state.subjects.size >= limits.subjects)
    throw full(`${state.subjects.size} subjects`, limits.subjects)
  if ((subject?.versions.length ?? 0) >= limits.versions)
    throw full(`${limits.versions} versions of "${candidate.subject}"`, limits.versions)
  if (state.size + candidate.schema.length + versionSize > limits.size)
    throw full(`${state.size} characters of schemas`, limits.size)
}
