import type { FieldFault, JsonValue, SchemaChange } from 'keelson'

/** What differs between two schemas, a line each; what breaks is marked. */
export const differenceLines = (differences: readonly SchemaChange[]): string[] =>
  differences.map(({ isBreaking, message }) => `  ${isBreaking ? 'breaks' : '      '}  ${message}`)

/** A value that shows it, and what is wrong with it for the one that refuses it. */
export function exampleLines(
  example: { readonly value: JsonValue; readonly faults: readonly FieldFault[] } | undefined,
  direction = '',
): string[] {
  if (example === undefined) return []
  const faults = example.faults.map(({ pointer, message }) => `    ${`${pointer} ${message}`.trimStart()}`)
  return [`  for example ${JSON.stringify(example.value)}${direction}`, ...faults]
}
