import { KeelsonError } from '../../core/index.ts'
import type { Scope, UnitOfWork } from '../types.ts'

/** What one facet puts into a unit of work, to be joined with what others do. */
export type UnitPart = Partial<Omit<UnitOfWork, 'scope'>>

/**
 * Joins parts into one unit of work; of each kind they keep their order.
 *
 * @throws KeelsonError `append_invalid` where two parts move a checkpoint.
 */
export function composeUnit(scope: Scope, ...parts: readonly UnitPart[]): UnitOfWork {
  const steps = parts.flatMap(({ checkpoint }) => (checkpoint ? [checkpoint] : []))
  if (steps.length > 1) {
    const names = steps.map(({ name }) => `"${name}"`).join(' and ')
    throw new KeelsonError('append_invalid', `A unit of work moves one checkpoint, not ${names}`)
  }
  const [checkpoint] = steps
  const secrets = parts.flatMap(part => part.secrets ?? [])
  const redactions = parts.flatMap(part => part.redactions ?? [])
  return {
    scope,
    ...(checkpoint && { checkpoint }),
    appends: parts.flatMap(({ appends }) => appends ?? []),
    documents: parts.flatMap(({ documents }) => documents ?? []),
    bodies: parts.flatMap(({ bodies }) => bodies ?? []),
    ...(secrets.length > 0 && { secrets }),
    ...(redactions.length > 0 && { redactions }),
    statements: parts.flatMap(({ statements }) => statements ?? []),
  }
}
