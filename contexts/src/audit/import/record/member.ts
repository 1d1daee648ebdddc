import type { JsonObject, JsonValue } from 'keelson'
import { isJsonObject, KeelsonError } from 'keelson'

type Value = JsonValue | undefined

/** What stands at a path of members; undefined where there is none. Own members alone, whatever their name. */
export function valueAt(value: Value, ...path: string[]): Value {
  let at = value
  for (const name of path) at = isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined
  return at
}

export function objectAt(value: Value, ...path: string[]): JsonObject | undefined {
  const found = valueAt(value, ...path)
  return isJsonObject(found) ? found : undefined
}

export function listAt(value: Value, ...path: string[]): readonly JsonValue[] {
  const found = valueAt(value, ...path)
  return Array.isArray(found) ? found : []
}

/** A text that is not empty; a number counts as its digits, because ids come as both. */
export function textAt(value: Value, ...path: string[]): string | undefined {
  const found = valueAt(value, ...path)
  if (typeof found === 'number') return String(found)
  return typeof found === 'string' && found.trim() !== '' ? found : undefined
}

/** The first of the members, by name, that holds a text. */
export function firstText(value: Value, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textAt(value, name)
    if (text !== undefined) return text
  }
  return undefined
}

/** The error for a record that gives no event, naming the member at fault. */
export function unmappable(message: string, pointer?: string): KeelsonError {
  const faults = pointer === undefined ? {} : { faults: [{ pointer, message }] }
  return new KeelsonError('record_unmappable', message, faults)
}
