import { KeelsonError } from '../../core/index.ts'
import { isLogRecordName, logRecordNameWords } from '../log-record-name.ts'
import { nearestNames } from '../nearest-names.ts'
import { noSubject } from './fault.ts'
import { listSubjects } from './list-subjects.ts'
import type { RegistryLimits } from './registry-limits.ts'
import type { RegistryState } from './registry-state.ts'
import { liveVersions } from './registry-state.ts'
import type { View } from './view.ts'
import { scopesOf } from './view.ts'

/**
 * Refuses a name under which the platform has schemas, or the product an event type, and those of the log's records. Whoever had the name before the
 * platform took it keeps it, and goes on with it.
 *
 * @throws KeelsonError `schema_subject_taken`.
 */
export function refuseTaken({ own, platform }: View, name: string, isTaken: (name: string) => boolean): void {
  const isPlatforms = liveVersions(platform?.subjects.get(name)).length > 0
  const wasFirst = liveVersions(own.subjects.get(name)).length > 0
  if ((isPlatforms && !wasFirst) || isTaken(name)) throw taken(name)
  if (!wasFirst && isLogRecordName(name)) throw taken(name, logRecordNameWords)
}

/** What the product defines nobody changes, not even an administrator of the platform. */
export function refuseBuiltIn(builtIn: RegistryState, name: string | undefined): void {
  if (name !== undefined && builtIn.subjects.get(name) !== undefined) throw taken(name)
}

/** @throws KeelsonError `schema_not_found` with the names that are nearest. */
export function refuseMissing(view: View, name: string): void {
  const isThere = scopesOf(view).some(state => liveVersions(state.subjects.get(name)).length > 0)
  if (isThere) return
  const known = listSubjects(view).items.map(({ subject }) => subject)
  throw noSubject(name, nearestNames(name, known))
}

/** @throws KeelsonError `schema_limit_reached` where the name would be one too many. */
export function refuseFull(own: RegistryState, name: string | undefined, limits: RegistryLimits): void {
  if (name === undefined || own.subjects.get(name) || own.subjects.size < limits.subjects) return
  const limit = limits.subjects
  throw new KeelsonError('schema_limit_reached', `There are ${limit} subjects already`, { limit })
}

const taken = (subject: string, why?: string): KeelsonError =>
  new KeelsonError(
    'schema_subject_taken',
    `The name "${subject}" belongs to the platform${why === undefined ? '' : `: ${why}`}`,
    { subject },
  )
