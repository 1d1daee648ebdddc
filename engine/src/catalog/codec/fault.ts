import type { JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'

/** A payload that does not fit what it is encoded with. `path` is the name or JSON Pointer of the place at fault. */
export function misfit(path: string, message: string): KeelsonError {
  const pointer = `/payload${path}`
  return new KeelsonError('payload_invalid', `${pointer} ${message}`, { faults: [{ pointer, message }] })
}

/** Bytes that are not what their schema says. */
export function damaged(message: string, cause?: unknown): KeelsonError {
  return new KeelsonError('encoding_invalid', message, {}, cause)
}

export function badSchema(message: string): KeelsonError {
  return new KeelsonError('schema_invalid', message)
}

/** The name of one step of a JSON Pointer. */
export function pointerStep(name: string | number): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** What a value is, in the words of JSON. */
export function kindOf(value: JsonValue | undefined): string {
  if (value === undefined) return 'absent'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
