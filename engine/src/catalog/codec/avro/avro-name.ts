const legalName = /^[A-Za-z_][A-Za-z0-9_]*$/

export function isAvroName(name: string): boolean {
  return name.length <= 512 && legalName.test(name)
}

/**
 * The name as Avro can have it: each character that it cannot is written as its code, `a/b` as `a_x002F_b`. What a
 * name becomes depends on nothing but the name, so that it stays the same from version to version.
 */
export function toAvroName(name: string): string {
  if (isAvroName(name)) return name
  if (name === '') return '_x_'
  return name.replace(/[^A-Za-z0-9_]|^[0-9]/g, escapeUnit)
}

function escapeUnit(unit: string): string {
  return `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`
}

/** Legal names for all, by name. Two that would become one are told apart by a number. */
export function toAvroNames(names: readonly string[]): ReadonlyMap<string, string> {
  const result = new Map<string, string>()
  const taken = new Set<string>()
  // What is legal keeps its name, wherever it stands.
  for (const name of names) if (isAvroName(name)) take(name, name)
  for (const name of names) if (!result.has(name)) take(name, uniqueName(toAvroName(name), taken))
  return result

  function take(name: string, legal: string): void {
    result.set(name, legal)
    taken.add(legal)
  }
}

/** The name itself, or with the first number from 2 that makes it unlike the others. */
export function uniqueName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  let number = 2
  while (taken.has(`${name}_${number}`)) number += 1
  return `${name}_${number}`
}

/** `billing address` as `BillingAddress`. */
export function toPascalCase(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
