import { createRequire } from 'node:module'
import { exampleDeliveries, importerFor } from '@keelson/contexts/audit'
import { PolicyDecisionRecorded } from '@keelson/contexts/governance'
import { SubscriptionActivated } from '@keelson/contexts/saas'
import type { ErrorCode, EventDefinition, JsonObject, JsonValue, Platform } from 'keelson'
import { isJsonObject, KeelsonError } from 'keelson'
import type { Directory } from '../directory/index.ts'

export interface SampleTenant {
  readonly tenantId: string
  readonly events: number
}

const sampleId = 'sample'
/** The sample's events are spread over these last days, so that every time range shows some. */
const days = 3
const batchSize = 100

/** Makes the sample tenant: the webhook examples that GitHub's own libraries are tested with, as if just received. */
export async function createSampleTenant(directory: Directory, platform: Platform): Promise<SampleTenant> {
  await directory.createTenant(sampleId, 'Sample').catch(error => {
    if (!isKnown(error, 'tenant_exists')) throw error
  })
  const events = spread(sampleEvents(), Date.now())
  for (let start = 0; start < events.length; start += batchSize) {
    const results = await platform.publishEach(sampleId, events.slice(start, start + batchSize))
    for (const result of results)
      if (!result.ok && !isKnown(result.error, 'event_id_conflict')) throw result.error
  }
  return { tenantId: sampleId, events: events.length }
}

/** A first start that broke off has left this behind already. */
const isKnown = (error: unknown, code: ErrorCode): boolean =>
  error instanceof KeelsonError && error.code === code

function sampleEvents(): JsonObject[] {
  const require = createRequire(import.meta.url)
  const collection = require('@octokit/webhooks-examples/api.github.com/index.json') as JsonValue
  const github = importerFor('github')
  const deliveries = exampleDeliveries(collection) ?? []
  const imported = deliveries
    .map(delivery => github.map(delivery, {}) as unknown as JsonValue)
    .filter(isJsonObject)
  const own = [PolicyDecisionRecorded, SubscriptionActivated].flatMap(exampleEvents)
  if (imported.length === 0) throw new KeelsonError('internal_error', 'The sample data is missing')
  // Some examples are the same to the byte, and so the same event.
  return [...new Map([...imported, ...own].map(event => [event['eventId'], event])).values()]
}

function exampleEvents(definition: EventDefinition): JsonObject[] {
  return definition.examples.map((payload, index) => ({
    eventId: `sample-${definition.type}-${index + 1}`,
    eventType: definition.type,
    source: definition.producer,
    occurredAt: '2026-01-01T00:00:00Z',
    payload: payload as JsonValue,
    metadata: { user: 'codertocat', ip: '203.0.113.7' },
  }))
}

/** Interleaves the kinds and gives each event a time up to now, denser towards the end. */
function spread(events: readonly JsonObject[], now: number): JsonObject[] {
  const count = events.length
  // A step that shares no factor with the count visits every event once.
  let step = Math.floor(count * 0.38)
  while (greatestCommonDivisor(step, count) !== 1) step += 1
  return events.map((_, place) => {
    const age = (1 - (place + 1) / count) ** 2 * days * 86_400_000
    const occurredAt = new Date(now - age).toISOString()
    const event = events[(place * step) % count] as JsonObject
    // Ids of their own: whoever imports the same examples must not meet them here with other times.
    return { ...event, eventId: `sample-${place + 1}`, occurredAt }
  })
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
