import type { JsonValue } from '../api/types.ts'

/** Ids of the keys whose digests stand in a value, each once. */
export function kidsIn(value: JsonValue | undefined): readonly string[] {
  const kids = new Set<string>()
  const look = (one: JsonValue | undefined): void => {
    if (typeof one !== 'object' || one === null) return
    if (!Array.isArray(one) && '_sd' in one) {
      const { kid } = one as { readonly kid?: JsonValue }
      if (typeof kid === 'string') kids.add(kid)
    }
    for (const inner of Object.values(one)) look(inner)
  }
  look(value)
  return [...kids]
}
