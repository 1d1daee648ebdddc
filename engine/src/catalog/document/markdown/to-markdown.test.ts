import { dirname, join } from 'node:path/posix'
import { describe, expect, it } from 'vitest'
import type { CatalogDocument } from '../catalog-document.ts'
import { aCommand, anEvent } from '../fixtures/documents.ts'
import { toMarkdown } from './to-markdown.ts'

const hostile = '<img src=x> | a `b` [c](d) *e* _f_\n# g'
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
      deprecated: { since: '2026-01-01', sunset: '2026-12-31', successor: 'OrderPlacedV2' },
    }),
    anEvent('OrderLost', { summary: hostile, producer: hostile, scope: 'tenant', topic: 'Odd Topic' }),
  ],
  commands: [
    aCommand('PlaceOrder', {
      emits: ['OrderPlaced', 'Elsewhere'],
      rejections: [{ code: 'order_taken', when: 'In use.' }],
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
  })

  it('says of an event all that the catalogue knows', () => {
    const page = pages.get('events/OrderPlaced.md') ?? ''
    for (const part of [
      '**Deprecated since 2026-01-01.** It ends on 2026-12-31. Use `OrderPlacedV2` in its place.',
      '| topics | [orders](../topics/orders.md), [ledger](../topics/ledger.md) |',
      '| ordering key | `{payload.id}` |',
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
