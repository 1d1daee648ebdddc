import type { JsonObject, JsonValue } from 'keelson'
import { isJsonObject, parseJson } from 'keelson'
import { firstText, objectAt, textAt, unmappable, valueAt } from '../record/member.ts'
import { inferKind } from './kind.ts'

/** A webhook delivery, however it was captured. */
export interface Delivery {
  /** Name of the event, such as `pull_request`. */
  readonly event: string
  readonly payload: JsonObject
  readonly guid: string | undefined
  /** When it was delivered, as the record says it. */
  readonly time: string | undefined
}

const times = ['delivered_at', 'received_at', 'timestamp', 'time'] as const
const eventName = /^[a-z][a-z0-9_]{1,63}$/

/**
 * Reads a delivery in one of these forms: an item of GitHub's REST API (`request.payload`), a captured request
 * (`headers` and `payload` or `body`, which may be text), a named payload (`event` or `name`, and `payload`), or a
 * payload alone.
 */
export function readDelivery(record: JsonValue): Delivery {
  if (!isJsonObject(record)) throw unmappable('A GitHub delivery is a JSON object')
  const request = objectAt(record, 'request')
  const headers = objectAt(record, 'headers') ?? objectAt(request, 'headers')
  const name = header(headers, 'x-github-event') ?? firstText(record, ['event', 'name'])
  const body = [valueAt(request, 'payload'), record['payload'], record['body']].find(
    each => each !== undefined,
  )
  const isWrapped =
    body !== undefined && (name !== undefined || headers !== undefined || request !== undefined)
  if (!isWrapped) {
    if ('examples' in record) throw unmappable('This is a collection of examples, not a delivery')
    const isEmpty =
      !('sender' in record) && (name !== undefined || headers !== undefined || request !== undefined)
    if (isEmpty) throw unmappable('The delivery has no payload', '/payload')
    return { event: inferKind(record), payload: record, guid: undefined, time: undefined }
  }
  const payload = readBody(body)
  return {
    event: name === undefined ? inferKind(payload) : checkName(name),
    payload,
    guid: header(headers, 'x-github-delivery') ?? guidOf(record),
    time: firstText(record, times),
  }
}

/** In the REST API `id` is a number of its own; elsewhere it is where the delivery's GUID is put. */
function guidOf(record: JsonObject): string | undefined {
  return firstText(record, ['guid', 'delivery', 'delivery_id', 'id'])
}

function checkName(name: string): string {
  // Some log the event together with the action, as libraries name their handlers.
  const event = name.split('.')[0] as string
  if (!eventName.test(event))
    throw unmappable(`"${name.slice(0, 60)}" is no name of a GitHub event`, '/event')
  return event
}

/** Header names are in any case; proxies give lists of values. */
function header(headers: JsonObject | undefined, name: string): string | undefined {
  const key = Object.keys(headers ?? {}).find(each => each.toLowerCase() === name)
  if (key === undefined) return undefined
  const value = headers?.[key]
  return textAt(Array.isArray(value) ? value[0] : value)
}

function readBody(body: JsonValue): JsonObject {
  const value = typeof body === 'string' ? parseJson(unwrapForm(body)) : body
  if (!isJsonObject(value)) throw unmappable('The payload of a GitHub delivery is a JSON object', '/payload')
  return value
}

/** A webhook of content type application/x-www-form-urlencoded has the JSON in its field `payload`. */
function unwrapForm(body: string): string {
  return body.startsWith('payload=') ? (new URLSearchParams(body).get('payload') ?? '') : body
}
