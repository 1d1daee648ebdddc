import type { CompleteEvent, JsonObject } from '../core/index.ts'
import { completeEvent, createIdSource } from '../core/index.ts'

const ids = createIdSource()

/** A complete event of a tenant; `overrides` replace members of the envelope. */
export function sampleEvent(tenantId: string, overrides: JsonObject = {}): CompleteEvent {
  const input = {
    eventType: 'SampleHappened',
    occurredAt: '2026-06-11T09:00:01Z',
    payload: { text: 'Grüße, 世界 🚢', count: 1 },
    ...overrides,
  }
  return completeEvent(input, { tenantId, ids, now: Date.parse('2026-06-11T09:00:02Z'), source: 'test' })
}
