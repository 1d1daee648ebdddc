import type { JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import { eventIdOf } from './mask-copy.ts'
import type { TextMask } from './mask-texts.ts'

/** Members of a message or a timer that are the product's; the others say where it goes, and when. */
const own = ['payload', 'headers'] as const

/**
 * A message or a timer about an event with what the product wrote of it masked, such as the address that it goes to. The
 * event itself, where it is in there, is left: that is masked by its own content. What is kept of a delivery is left too.
 */
export function maskMessage(value: JsonValue, mask: TextMask): JsonValue {
  if (!isJsonObject(value) || eventIdOf(value) !== undefined) return value
  const masked = own.flatMap(name => {
    const member = value[name]
    return member === undefined ? [] : [[name, maskEach(member, mask)]]
  })
  return { ...value, ...Object.fromEntries(masked) }
}

function maskEach(value: JsonValue, mask: TextMask): JsonValue {
  if (typeof value === 'string') return mask(value)
  if (typeof value === 'number') return mask(String(value)) === String(value) ? value : mask(String(value))
  if (Array.isArray(value)) return value.map(item => maskEach(item, mask))
  if (!isJsonObject(value)) return value
  const isEvent = eventIdOf(value) !== undefined && ('payload' in value || 'data' in value)
  if (isEvent) return value
  const members = Object.entries(value).map(([name, member]) => {
    return [name, name === 'eventId' ? member : maskEach(member, mask)]
  })
  return Object.fromEntries(members)
}
