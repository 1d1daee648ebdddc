import type { JsonValue } from '../../api/types.ts'

/** A member or an item of an event's content that can be taken out, or that leads to one. */
export interface Place {
  /** JSON Pointer (RFC 6901) into the envelope. */
  readonly pointer: string
  readonly depth: number
  readonly name: string
  /** Its value in one line. */
  readonly text: string
  /** Whether sealed fields are in it: those go with an erasure, and what is beside them can be taken out by itself. */
  readonly hasSealed: boolean
}

const longestText = 120

/** The places of a recorded body, a parent before what is in it. Sealed fields are no places: they are digests there. */
export function placesOf(recorded: string): readonly Place[] {
  const body = JSON.parse(recorded) as { readonly [member: string]: JsonValue }
  return ['payload', 'metadata'].flatMap(root => inside(body[root], `/${root}`, 0))
}

function inside(value: JsonValue | undefined, base: string, depth: number): readonly Place[] {
  if (typeof value !== 'object' || value === null) return []
  const isSealing = '_sd' in value
  return Object.entries(value).flatMap(([name, member]) => {
    if (isSealing && (name === '_sd' || name === 'kid')) return []
    const pointer = `${base}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const place = { pointer, depth, name, text: textOf(member), hasSealed: hasSealed(member) }
    return [place, ...inside(member, pointer, depth + 1)]
  })
}

function hasSealed(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false
  return (!Array.isArray(value) && '_sd' in value) || Object.values(value).some(hasSealed)
}

const textOf = (value: JsonValue): string => {
  const text = JSON.stringify(value)
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text
}

/** Whether a place goes because one above it goes. */
export const isUnder = (pointer: string, chosen: ReadonlySet<string>): boolean =>
  [...chosen].some(other => pointer.startsWith(`${other}/`))

/** What is asked for: of places one in another the outer one. */
export const outermost = (chosen: ReadonlySet<string>): readonly string[] =>
  [...chosen].filter(pointer => !isUnder(pointer, chosen)).sort()
