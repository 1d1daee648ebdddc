import type { JsonValue } from 'keelson'
import { isJsonObject } from 'keelson'
import { listAt, textAt } from '../record/member.ts'
import { timeOf } from './time.ts'

/** The time that examples get whose payload holds none: most of the collection was captured on that day. */
export const exampleTime = '2019-05-15T15:20:30Z'

/**
 * The deliveries in a collection of example payloads, as `@octokit/webhooks-examples` has them: the whole index, or
 * one of its entries `{ name, examples: [payload] }`. Undefined for a value of another form. They have no GUIDs, so
 * that examples with the same content give one event.
 */
export function exampleDeliveries(collection: JsonValue): readonly JsonValue[] | undefined {
  if (Array.isArray(collection)) {
    const entries = collection.map(exampleDeliveries)
    return entries.includes(undefined) ? undefined : entries.flatMap(entry => entry ?? [])
  }
  const event = textAt(collection, 'name')
  if (!isJsonObject(collection) || event === undefined || !Array.isArray(collection['examples']))
    return undefined
  return listAt(collection, 'examples').map(payload => {
    const hasTime = isJsonObject(payload) && timeOf(event, payload) !== undefined
    return { event, payload, ...(hasTime ? {} : { delivered_at: exampleTime }) }
  })
}
