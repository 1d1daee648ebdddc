import { dirname, join } from 'node:path/posix'
import { describe, expect, it } from 'vitest'
import type { CatalogDocument, EventDocument } from '../catalog-document.ts'
import { compareBothWays } from '../changelog/compare-both-ways.ts'
import { toChangelog } from '../changelog/to-changelog.ts'
import { aCommand, anEvent } from '../fixtures/documents.ts'
import { toMarkdown } from './to-markdown.ts'

const hostile = '<img src=x> | a `b` [c](d) *e* _f_\n# g'
const { context: _, ...uncontexted } = anEvent('OrderLost')
const document: CatalogDocument = {
  events: [
    anEvent('OrderPlaced', {
      alsoOn: ['ledger'],
      orderingKey: '{payload.id}',
      rules: ['It was paid.'],
      personal: [{ pointer: '/id', subject: '/id', kind: 'name' }],
      retention: { period: 'P7Y', basis: 'Books.' },
      retry: { attempts: 3, backoff: 'fixed', initialDelay: 100 },
      deadLetter: { keepFor: 'P30D', alert: 'ticket' },
      monitoring: { metrics: ['Count.'], alerts: ['None for an hour.'] },
      deprecated: {
        since: '2026-01-01',
        sunset: '2026-12-31',
        successor: 'OrderPlacedV2',
        reason: 'It mixes *two* facts.',
      },
    }),
    { ...uncontexted, scope: 'tenant', summary: hostile, producer: hostile, topic: 'Odd Topic' },
  ],
  commands: [
    aCommand('PlaceOrder', {
      emits: ['OrderPlaced', 'Elsewhere'],
      rejections: [{ code: 'order_taken', when: 'In use.' }],
      personal: [{ pointer: '/buyer', subject: '/buyerId', kind: 'name' }],
    }),
  ],
  topics: [
    { name: 'ledger', summary: '', publishers: ['Shop'], subscribers: ['Audit'], events: ['OrderPlaced'] },
    {
      name: 'orders',
      summary: 'Orders.',
      publishers: ['Shop'],
      subscribers: ['Audit'],
      events: ['OrderPlaced'],
    },
    { name: 'Odd Topic', summary: hostile, publishers: [], subscribers: [], events: ['OrderLost'] },
  ],
}
const changelog = [{ version: '1.1', hash: 'c', previous: '1.0', changes: ['`/a` was added.'] }]
const pages = toMarkdown(document, new Map([['OrderPlaced', changelog]]))

describe('a catalogue in Markdown', () => {
  it('has a page for everything', () => {
    expect([...pages.keys()]).toEqual([
      'README.md',
      'contexts/shop.md',
      'contexts/own-types.md',
      'topics/ledger.md',
      'topics/orders.md',
      'topics/odd-topic.md',
      'events/OrderPlaced.md',
      'events/OrderLost.md',
      'commands/PlaceOrder.md',
    ])
    for (const page of pages.values()) expect(page).toMatch(/^# .+\n\n[\s\S]+[^\n]\n$/)
  })

  it('links only to pages that are there', () => {
    let links = 0
    for (const [path, text] of pages) {
      for (const [, target = ''] of text.matchAll(/(?<!\\)\]\(([^)]+)\)/g)) {
        expect([...pages.keys()]).toContain(join(dirname(path), target))
        links += 1
      }
    }
    expect(links).toBeGreaterThan(15)
    expect(pages.get('commands/PlaceOrder.md')).toContain('- Elsewhere\n')
    expect(pages.get('commands/PlaceOrder.md')).toContain(
      '- `/buyer` (name), of the person that `/buyerId` names\n',
    )
  })

  it('says of an event all that the catalogue knows', () => {
    const page = pages.get('events/OrderPlaced.md') ?? ''
    for (const part of [
      '**Deprecated since 2026-01-01.** It ends on 2026-12-31. Use `OrderPlacedV2` in its place. It mixes \\*two\\* facts.',
      '| topics | [orders](../topics/orders.md), [ledger](../topics/ledger.md) |',
      '| ordering key | `{payload.id}` |',
      '| idempotency key | `{eventId}` Consumers recognise two reports of one fact by it; publishing recognises repeats by the event id and `Idempotency-Key`. |',
      '| `id` | text | yes | name | Its id. | `"o-1"` |',
      '- It was paid.',
      '- Retry: 3 attempts, fixed from 100 ms.',
      '- Dead letters: kept P30D, alert ticket.',
      '- Retention: P7Y. Books.',
      '- Alert: None for an hour.',
      '### 1.1\n\n- `/a` was added.',
      '```mermaid\nflowchart LR\n',
    ]) {
      expect(page).toContain(part)
    }
  })

  it('promises nothing of what readers derive', () => {
    const derived = { ...(document.events[0] as EventDocument), isDerived: true }
    const made = toMarkdown({ ...document, events: [derived], topics: [] })
    const page = made.get('events/OrderPlaced.md') ?? ''
    expect(page).toContain('Derived from the log by its readers: it is neither published nor stored')
    for (const word of ['Retry', 'Dead letters', 'Retention', 'flowchart']) expect(page).not.toContain(word)
    expect(made.get('contexts/shop.md')).not.toContain('flowchart')
  })

  it('calls a breaking change breaking, in the words of the comparison', () => {
    const older = { type: 'object', properties: { id: { type: 'string', maxLength: 9 } } }
    const newer = { type: 'object', properties: { id: { type: 'string', maxLength: 5 } } }
    const versions = [
      { version: '1.0', document: older },
      { version: '1.1', document: newer },
    ]
    const page = toMarkdown(document, new Map([['OrderLost', toChangelog(versions, compareBothWays)]]))
    expect(page.get('events/OrderLost.md')).toMatch(
      /^### 1\.1 \(incompatible with 1\.0\)\n\n- \*\*Breaking:\*\* .*\/id.*/m,
    )
  })

  it('puts what a tenant registered under a name of its own', () => {
    expect(pages.get('contexts/own-types.md')).toMatch(/^# Own types\n/)
    expect(pages.get('README.md')).toContain('| [Own types](contexts/own-types.md) | 1 | 0 |')
    expect(pages.get('events/OrderLost.md')).toContain('| context | [Own types](../contexts/own-types.md) |')
  })

  it('lets no text of a definition become markup', () => {
    const page = pages.get('events/OrderLost.md') ?? ''
    expect(page).toContain('\\<img src=x> \\| a \\`b\\` \\[c\\](d) \\*e\\* \\_f\\_ # g')
    expect(page.replace(/```[\s\S]*?```/g, '')).not.toMatch(/(?<!\\)<img/)
    for (const [rows] of page.matchAll(/(^\|.*\n?)+/gm)) {
      const cells = rows
        .trimEnd()
        .split('\n')
        .map(row => row.match(/(?<!\\)\|/g)?.length)
      expect(new Set(cells).size).toBe(1)
    }
  })

  it('is the same each time', () => {
    expect([...toMarkdown(document, new Map([['OrderPlaced', changelog]]))]).toEqual([...pages])
  })
})
