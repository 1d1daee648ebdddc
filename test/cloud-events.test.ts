import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { CloudEventV1 } from 'cloudevents'
import { CloudEvent, HTTP } from 'cloudevents'
import type { JsonObject } from 'keelson'
import { canonicalJson, exampleEnvelope, fromCloudEvent, toCloudEvent } from 'keelson'
import { describe, expect, it } from 'vitest'
import { builtInDocument } from './catalog/built-in.ts'

/** The JSON Schema of the specification's JSON format, which the SDK has compiled into it. */
const officialSchema = createRequire(import.meta.url)(
  join(import.meta.dirname, '../node_modules/cloudevents/dist/schema/v1.js'),
) as ((event: unknown) => boolean) & { readonly errors?: unknown }

const coreAttributes = ['specversion', 'id', 'source', 'type', 'time', 'datacontenttype', 'data']
const { events } = builtInDocument()
const envelopes = events.flatMap(event =>
  event.examples.map((example, index) => {
    const envelope = {
      ...exampleEnvelope(event, example),
      causationId: 'evt-1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      metadata: { user: 'usr-12', note: 'Grüße – 雨' },
    }
    return [`${event.type} ${index + 1}`, envelope as JsonObject] as const
  }),
)

const cloudEventOf = (envelope: JsonObject): JsonObject => toCloudEvent(envelope as never)
/** What a receiver has, as the JSON that it would send on. */
const received = (event: unknown) => JSON.parse(JSON.stringify(event)) as JsonObject
/** The SDK writes times with milliseconds and calls what we write without them the same. */
const sameTime = (event: JsonObject): JsonObject => ({
  ...event,
  occurredAt: new Date(event['occurredAt'] as string).toISOString(),
})

describe.each(envelopes)('%s as a CloudEvent', (_, envelope) => {
  const event = cloudEventOf(envelope)
  const sdk = () => new CloudEvent(event as Partial<CloudEventV1<unknown>>, true)

  it('is what the specification allows, and comes back as it was', () => {
    expect(officialSchema(event), JSON.stringify(officialSchema.errors)).toBe(true)
    const extensions = Object.keys(event).filter(name => !coreAttributes.includes(name))
    for (const name of extensions) expect(name).toMatch(/^[a-z0-9]{1,20}$/)
    expect(canonicalJson(fromCloudEvent(event))).toBe(canonicalJson(envelope))
  })

  it('goes through the SDK in structured, binary and batched mode', () => {
    const structured = HTTP.structured(sdk())
    const binary = HTTP.binary(sdk())
    const batch = {
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify([event, event]),
    }
    const arrived = [HTTP.toEvent(structured), HTTP.toEvent(binary), HTTP.toEvent(batch)].flat()
    expect(arrived).toHaveLength(4)
    for (const one of arrived)
      expect(canonicalJson(sameTime(fromCloudEvent(received(one))))).toBe(canonicalJson(sameTime(envelope)))
  })
})

describe('the official schema', () => {
  it('refuses what is no CloudEvent', () => {
    const [[, envelope] = ['', {}]] = envelopes
    const { id: _, ...nameless } = cloudEventOf(envelope)
    expect(officialSchema(nameless)).toBe(false)
    expect(officialSchema({ ...nameless, id: '' })).toBe(false)
  })
})
