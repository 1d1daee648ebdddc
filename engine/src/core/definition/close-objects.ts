/** Keywords whose values are data, and those whose members are schemas by names that a definition chooses. */
const keywordsWithData: ReadonlySet<string> = new Set(['examples', 'const', 'enum', 'default'])
const keywordsWithNames: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs'])

/** The schema with every object closed that does not say whether it takes further members. */
export function closeObjects(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closeObjects)
  if (typeof schema !== 'object' || schema === null) return schema
  // TypeBox keeps its own marks in non-enumerable members, so the descriptors are copied, not the values.
  const copy = Object.create(
    Object.getPrototypeOf(schema),
    Object.getOwnPropertyDescriptors(schema),
  ) as Record<string, unknown>
  for (const [key, member] of Object.entries(schema)) {
    if (keywordsWithData.has(key)) continue
    const value = keywordsWithNames.has(key) ? closeMembers(member) : closeObjects(member)
    Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true })
  }
  if (
    copy['type'] === 'object' &&
    copy['properties'] !== undefined &&
    copy['additionalProperties'] === undefined
  ) {
    copy['additionalProperties'] = false
  }
  return copy
}

function closeMembers(schemas: unknown): unknown {
  if (typeof schemas !== 'object' || schemas === null) return schemas
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, closeObjects(schema)]))
}
