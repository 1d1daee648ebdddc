import type { FileEnum, FileField, FileMessage, ProtoFile } from './proto-file.ts'
import { isReserved } from './proto-file.ts'

/** `backward`: the newer file reads what the older one wrote. `forward`: the older one reads what the newer wrote. */
export type Direction = 'backward' | 'forward'

const maxBreaks = 50

/**
 * What of a newer file breaks with an older one: numbers that mean something else, types and labels that changed,
 * removals that do not reserve their number, fields that moved into or out of a oneof, required fields.
 */
export function findBreaks(older: ProtoFile, newer: ProtoFile, direction: Direction): string[] {
  const breaks: string[] = []
  if (older.package !== newer.package)
    breaks.push(`the package was changed from "${older.package}" to "${newer.package}"`)
  for (const [name, message] of older.messages) {
    const now = newer.messages.get(name)
    if (now !== undefined) breaks.push(...compareMessages(name, message, now, direction))
    // The name alone would make a field's type the same, and its bytes are others: neither side reads the other's.
    else if (newer.enums.has(name)) breaks.push(`${name}: the message became an enum`)
    else if (direction === 'backward') breaks.push(`${name}: the message was removed`)
  }
  for (const [name, values] of older.enums) {
    const now = newer.enums.get(name)
    if (now !== undefined) breaks.push(...compareEnums(name, values, now))
    else if (newer.messages.has(name)) breaks.push(`${name}: the enum became a message`)
    else if (direction === 'backward') breaks.push(`${name}: the enum was removed`)
  }
  return breaks.slice(0, maxBreaks)
}

function compareMessages(
  name: string,
  older: FileMessage,
  newer: FileMessage,
  direction: Direction,
): string[] {
  const breaks: string[] = []
  for (const [number, field] of older.fields) {
    const now = newer.fields.get(number)
    const place = `${name}.${field.name} (${number})`
    if (now !== undefined) breaks.push(...compareFields(place, field, now, direction))
    else if (!isReserved(newer.reserved, number))
      breaks.push(`${place}: removed without reserving its number`)
    if (now === undefined && field.label === 'required' && direction === 'forward')
      breaks.push(`${place}: was required, and the older reader misses it`)
  }
  for (const [number, field] of newer.fields) {
    const place = `${name}.${field.name} (${number})`
    if (older.fields.has(number)) continue
    if (isReserved(older.reserved, number)) breaks.push(`${place}: takes a number that was reserved`)
    if (field.label === 'required' && direction === 'backward')
      breaks.push(`${place}: is required, and older messages do not have it`)
  }
  return [...breaks, ...compareReserved(name, older, newer), ...compareOneofs(name, older, newer)]
}

function compareReserved(
  name: string,
  older: FileMessage | FileEnum,
  newer: FileMessage | FileEnum,
): string[] {
  return older.reserved
    .filter(([first, last]) => !newer.reserved.some(([from, to]) => from <= first && to >= last))
    .map(
      ([first, last]) => `${name}: ${first === last ? first : `${first} to ${last}`} is no longer reserved`,
    )
}

/** Types whose bytes the other reads alike, as long as the values fit: each can be read as what stands after it. */
const widenings: Readonly<Record<string, readonly string[]>> = {
  int32: ['int64'],
  uint32: ['uint64', 'int64'],
  sint32: ['sint64'],
  bool: ['int32', 'int64', 'uint32', 'uint64'],
  string: ['bytes'],
}

function compareFields(place: string, older: FileField, newer: FileField, direction: Direction): string[] {
  const breaks: string[] = []
  const [from, to] = direction === 'backward' ? [older, newer] : [newer, older]
  const isWider = widenings[from.type]?.includes(to.type) ?? false
  if (from.type !== to.type && !isWider)
    breaks.push(`${place}: its type was changed from ${older.type} to ${newer.type}`)
  if (older.keyType !== newer.keyType)
    breaks.push(`${place}: the type of its keys was changed from ${older.keyType} to ${newer.keyType}`)
  if (shapeOfLabel(older) !== shapeOfLabel(newer))
    breaks.push(`${place}: its label was changed from ${older.label} to ${newer.label}`)
  else if (to.label === 'required' && from.label !== 'required')
    breaks.push(`${place}: the reader requires it, and the writer does not`)
  return breaks
}

const shapeOfLabel = ({ label }: FileField): string => (label === 'required' ? 'single' : label)

/**
 * A field alone may become the only one of a new oneof, and a oneof has no name in the bytes: one whose fields all
 * went along was renamed. Else two fields that could be set together no longer can, or the other way round.
 */
function compareOneofs(name: string, older: FileMessage, newer: FileMessage): string[] {
  const kept = [...older.fields].flatMap(([number, field]) => {
    const now = newer.fields.get(number)
    return now === undefined ? [] : [{ number, name: field.name, before: field.oneof, after: now.oneof }]
  })
  const sizeBefore = countBy([...older.fields.values()], field => field.oneof)
  const sizeAfter = countBy([...newer.fields.values()], field => field.oneof)
  const wentTo = countBy(kept, field => field.after)
  const moves = countBy(kept, field => `${field.before} ${field.after}`)
  return kept.flatMap(({ number, name: field, before, after }) => {
    if (before === after) return []
    const isFirst = before === undefined && sizeAfter.get(after) === 1
    const moved = moves.get(`${before} ${after}`)
    const isRenamed =
      before !== undefined &&
      after !== undefined &&
      sizeBefore.get(before) === moved &&
      wentTo.get(after) === moved
    if (isFirst || isRenamed) return []
    const from = before === undefined ? '' : ` out of the oneof ${before}`
    const to = after === undefined ? '' : ` into the oneof ${after}`
    return [`${name}.${field} (${number}): was moved${from}${to}`]
  })
}

function countBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
): Map<string | undefined, number> {
  const counts = new Map<string | undefined, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}

function compareEnums(name: string, older: FileEnum, newer: FileEnum): string[] {
  const breaks: string[] = []
  for (const [number, value] of older.values) {
    const now = newer.values.get(number)
    if (now === undefined) {
      if (!isReserved(newer.reserved, number))
        breaks.push(`${name}.${value} (${number}): removed without reserving its number`)
    } else if (now !== value) breaks.push(`${name}.${value} (${number}): the number now stands for ${now}`)
  }
  for (const [number, value] of newer.values)
    if (!older.values.has(number) && isReserved(older.reserved, number))
      breaks.push(`${name}.${value} (${number}): takes a number that was reserved`)
  return [...breaks, ...compareReserved(name, older, newer)]
}
