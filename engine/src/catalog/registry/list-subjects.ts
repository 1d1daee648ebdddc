import { platformTenant } from '../../core/index.ts'
import type { CompatibilityMode } from '../compatibility/index.ts'
import type { SchemaType } from './checker.ts'
import type { EventDetails } from './event-details.ts'
import type { RegistryState, SubjectDeprecation, SubjectState } from './registry-state.ts'
import { contentOf, effectiveCompatibility, liveVersions } from './registry-state.ts'
import type { View } from './view.ts'
import { compareText, scopesOf } from './view.ts'

export interface SubjectSummary {
  readonly scope: 'tenant' | 'platform'
  readonly subject: string
  readonly schemaType: SchemaType
  /** Newest version, and the id and hash of its schema. */
  readonly version: number
  readonly id: number
  readonly hash: string
  readonly versions: readonly number[]
  readonly title?: string
  readonly description?: string
  readonly compatibility: CompatibilityMode
  /** Absent for what the platform's own definitions say. */
  readonly registeredAt?: string
  readonly isDeleted: boolean
  readonly deprecation?: SubjectDeprecation
  readonly event?: EventDetails
}

export interface SubjectQuery {
  /** Text that a name, title or description has, in either case. */
  readonly text?: string
  readonly prefix?: string
  readonly scope?: 'tenant' | 'platform'
  readonly isDeprecated?: boolean
  readonly includeDeleted?: boolean
  /** Only subjects after this name. */
  readonly after?: string
  readonly limit?: number
}

export interface SubjectPage {
  readonly items: readonly SubjectSummary[]
  readonly hasMore: boolean
}

/** Subjects by name. One of the tenant hides one of the platform with the same name. */
export function listSubjects(view: View, query: SubjectQuery = {}): SubjectPage {
  const { limit = Number.POSITIVE_INFINITY, after } = query
  const found = namesOf(view, query)
    .filter(name => after === undefined || name > after)
    .sort(compareText)
  const items: SubjectSummary[] = []
  for (const name of found) {
    const summary = summaryOf(view, name, query)
    if (summary === undefined || !matches(summary, query)) continue
    if (items.length === limit) return { items, hasMore: true }
    items.push(summary)
  }
  return { items, hasMore: false }
}

function namesOf(view: View, { prefix = '' }: SubjectQuery): string[] {
  const names = new Set<string>()
  for (const state of scopesOf(view))
    for (const { name } of state.subjects.values()) if (name.startsWith(prefix)) names.add(name)
  return [...names]
}

function summaryOf(view: View, name: string, query: SubjectQuery): SubjectSummary | undefined {
  for (const state of scopesOf(view)) {
    const subject = state.subjects.get(name)
    const summary = subject && summarize(state, subject, query.includeDeleted)
    if (summary) return summary
  }
  return undefined
}

/** Undefined where the subject has no version that may be seen. */
export function summarize(
  state: RegistryState,
  subject: SubjectState,
  includeDeleted = false,
): SubjectSummary | undefined {
  const versions = includeDeleted ? subject.versions : liveVersions(subject)
  const newest = versions.at(-1)
  if (newest === undefined) return undefined
  const { schemaType, id, hash, title, description } = contentOf(state, newest)
  return {
    scope: state.scope === platformTenant ? 'platform' : 'tenant',
    subject: subject.name,
    schemaType,
    version: newest.version,
    id,
    hash,
    versions: versions.map(({ version }) => version),
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    compatibility: effectiveCompatibility(state, subject).mode,
    ...(newest.registeredAt !== undefined && { registeredAt: newest.registeredAt }),
    isDeleted: newest.isDeleted,
    ...(subject.deprecation && { deprecation: subject.deprecation }),
    ...(subject.event && { event: subject.event }),
  }
}

function matches(summary: SubjectSummary, { text, scope, isDeprecated }: SubjectQuery): boolean {
  if (scope !== undefined && summary.scope !== scope) return false
  if (isDeprecated !== undefined && isDeprecated !== (summary.deprecation !== undefined)) return false
  if (text === undefined) return true
  const wanted = text.toLowerCase()
  const { subject, title, description } = summary
  return [subject, title, description].some(part => part?.toLowerCase().includes(wanted))
}
