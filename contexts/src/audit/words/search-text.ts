import type { JsonObject, JsonValue } from 'keelson'
import type { AuditView } from '../audit-view.ts'

/** Characters of an event that full text search covers, and of each single text in it. */
const maxLength = 4000
const maxPart = 400

/** Digests of sealed members, and the key's name beside them, say nothing that anybody would look for. */
const isSealed = (object: JsonObject, name: string): boolean =>
  name === '_sd' || (name === 'kid' && '_sd' in object)

/** What full text search finds an event by: what the trail shows of it, then the words of its payload. */
export function searchText(view: AuditView, eventType: string, payload: JsonValue): string {
  const parts = [view.summary, view.action, eventType, view.outcome]
  if (view.actor) parts.push(view.actor.id, view.actor.name ?? '')
  if (view.resource) parts.push(view.resource.type, view.resource.id, view.resource.name ?? '')
  if (view.address) parts.push(view.address)
  let length = parts.reduce((sum, part) => sum + part.length + 1, 0)
  const seen = new Set(parts)
  const collect = (value: JsonValue, depth: number): void => {
    if (length >= maxLength || depth > 12) return
    if (typeof value === 'string') {
      // Links say nothing that their event does not, and there are dozens in each webhook.
      if (value.length < 2 || value.startsWith('http') || seen.has(value)) return
      const part = value.slice(0, maxPart)
      seen.add(value)
      parts.push(part)
      length += part.length + 1
    } else if (Array.isArray(value)) {
      for (const item of value) collect(item, depth + 1)
    } else if (typeof value === 'object' && value !== null) {
      for (const key in value) if (!isSealed(value, key)) collect(value[key] as JsonValue, depth + 1)
    }
  }
  collect(payload, 0)
  return parts.join(' ').slice(0, maxLength)
}
