import { asProblem, type ProblemBody } from '../../api/problem.ts'

export type Fault = NonNullable<ProblemBody['errors']>[number]

/** What the server has against the fields. A filter is refused as a text, without the name of its field. */
export function faultsOf(error: unknown): readonly Fault[] {
  if (error === null) return []
  const { code, errors, message } = asProblem(error)
  return errors.length === 0 && code.startsWith('filter_') ? [{ pointer: '/filter', message }] : errors
}

export const isAt = (pointer: string, field: string): boolean =>
  pointer === field || pointer.startsWith(`${field}/`)
