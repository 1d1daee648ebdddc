import type { EventDocument } from 'keelson'
import { describe, expect, it } from 'vitest'
import { eventText } from './event-text.ts'

const event: EventDocument = {
  type: 'ParcelScanned',
  version: '1.0',
  kind: 'integration',
  topic: 'parcels',
  alsoOn: [],
  summary: 'A parcel was scanned.',
  producer: 'Depot',
  consumers: ['Audit'],
  rules: [],
  personal: [{ pointer: '/name', subject: '/parcelId', kind: 'name' }],
  retention: { period: 'P7Y', basis: 'Books.' },
  retry: { attempts: 3, backoff: 'fixed', initialDelay: 100 },
  deadLetter: { keepFor: 'P30D', alert: 'ticket' },
  monitoring: { metrics: ['Scans per hour.'], alerts: ['None for a day.'] },
  isDerived: false,
  isReserved: false,
  scope: 'tenant',
  schema: {
    type: 'object',
    required: ['parcelId'],
    properties: {
      parcelId: { type: 'string' },
      name: { type: 'string', description: 'Whose it is.' },
      at: { type: 'string', format: 'date-time', maxLength: 40 },
    },
  },
  schemaHash: 'a'.repeat(64),
  examples: [{ parcelId: 'p-1' }, { parcelId: 'p-2' }],
  versions: [{ version: '1.0', hash: 'a'.repeat(64) }],
}

describe('the text of an event', () => {
  it('has all that the catalogue knows', () => {
    const text = eventText(event)
    for (const line of [
      'context          Own types',
      'idempotency key  {eventId}',
      'retention        P7Y: Books.',
      'retry            3 attempts, fixed from 100 ms',
      'dead letters     kept P30D, alert ticket',
      '  name      text, personal. Whose it is.',
      'Personal data\n  /name (name), of the person that /parcelId names',
      'Monitoring\n  watch: Scans per hour.\n  alert: None for a day.',
      'Examples\n  {"parcelId":"p-1"}\n  {"parcelId":"p-2"}',
    ])
      expect(`${text}\n`).toContain(`${line}\n`)
    expect(text).toContain('Consumers recognise two reports of one fact by it; publishing recognises repeats')
  })

  it('ends no line with a stop where there is no description, and bounds no time by its length', () => {
    const text = `${eventText(event)}\n`
    expect(text).toContain('  parcelId  text, required\n')
    expect(text).toContain('  at        date-time\n')
  })

  it('has no heading over nothing', () => {
    const { monitoring: _, ...bare } = event
    const text = eventText({ ...bare, examples: [], personal: [] })
    for (const heading of ['Example', 'Personal data', 'Monitoring', 'Rules'])
      expect(text).not.toContain(heading)
  })

  it('promises nothing of what readers derive', () => {
    const text = eventText({ ...event, isDerived: true })
    expect(text).toContain('derived          from the log by its readers: neither published nor stored')
    expect(text).not.toMatch(/^(retention|retry|dead letters)/m)
  })

  it('says why it goes away, until when, and what comes in its place', () => {
    const deprecated = {
      since: '2026-01-01',
      sunset: '2026-12-31',
      successor: 'ParcelScannedV2',
      reason: 'Places \u001b[2J have ids now.',
    }
    expect(eventText({ ...event, deprecated })).toContain(
      'deprecated       since 2026-01-01, ends on 2026-12-31\nin its place     ParcelScannedV2\nbecause          Places �[2J have ids now.\n',
    )
    expect(eventText({ ...event, deprecated: { since: '2026-01-01' } })).toMatch(
      /^deprecated +since 2026-01-01$/m,
    )
  })
})
