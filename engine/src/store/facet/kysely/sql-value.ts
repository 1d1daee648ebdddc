import { KeelsonError } from '../../../core/index.ts'
import type { SqlValue } from '../../types.ts'

/** @throws KeelsonError with this code where a parameter is no SQL value. */
export function toParams(
  parameters: readonly unknown[],
  code: 'append_invalid' | 'read_invalid',
): SqlValue[] {
  return parameters.map((value, index) => {
    if (isSqlValue(value)) return value
    const what = value instanceof Date ? 'a Date' : value === undefined ? 'undefined' : `a ${typeof value}`
    throw new KeelsonError(
      code,
      `Parameter ${index + 1} is ${what}; a parameter is null, a number, a bigint, a string or bytes`,
    )
  })
}

function isSqlValue(value: unknown): value is SqlValue {
  return (
    value === null || ['number', 'bigint', 'string'].includes(typeof value) || value instanceof Uint8Array
  )
}
