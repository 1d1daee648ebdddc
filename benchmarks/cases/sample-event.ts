import { saas } from '@keelson/contexts'
import type { CompleteEvent, StreamWrite } from 'keelson'
import { completeEvent, createCatalog, createIdSource, streamName } from 'keelson'
import { tenant } from './open-store.ts'

/** Makes events of about 700 bytes of canonical JSON, completed and validated as every published event is. */
export function createSampleEvents(): (stream: number) => CompleteEvent {
  const ids = createIdSource()
  const catalog = createCatalog(saas.events)
  return stream => {
    const input = {
      eventType: 'SubscriptionActivated',
      occurredAt: '2026-06-11T09:02:00Z',
      projectId: 'proj-contoso-saas',
      payload: {
        subscriptionId: `sub-${stream}`,
        editionCode: 'enterprise',
        billingCycle: 'Annual',
        currentPeriodEnd: '2027-06-11T00:00:00Z',
      },
      metadata: {
        user: 'usr-4711',
        ip: '203.0.113.7',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
        note: 'n'.repeat(110),
      },
    }
    const completion = { tenantId: tenant, ids, now: Date.now(), source: 'bench' }
    return catalog.admit(completeEvent(input, completion), false)
  }
}

/** Makes what one append writes: so many events of one stream, the next stream each time. */
export function createSampleWrites(streams: number): (events: number) => readonly [StreamWrite] {
  const make = createSampleEvents()
  let next = 0
  return count => {
    next += 1
    const events = Array.from({ length: count }, () => make(next % streams))
    return [{ stream: streamName((events[0] as CompleteEvent).envelope), expected: 'any', events }]
  }
}
