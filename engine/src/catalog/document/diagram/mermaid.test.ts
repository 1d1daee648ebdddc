import { describe, expect, it } from 'vitest'
import type { EventDocument } from '../catalog-document.ts'
import { aCommand, anEvent } from '../fixtures/documents.ts'
import { flowDiagram, mermaidText, sequenceDiagram } from './mermaid.ts'

const events: EventDocument[] = [
  anEvent('OrderPlaced', {
    producer: 'Shop',
    topic: 'orders',
    alsoOn: ['ledger'],
    consumers: ['Billing', 'Audit'],
  }),
  anEvent('OrderPaid', { producer: 'Shop', topic: 'orders', consumers: ['Audit'] }),
]

describe('a flow diagram', () => {
  it('leads from producers over topics to consumers, each drawn once', () => {
    expect(flowDiagram(events)).toBe(
      `flowchart LR
  n0["Shop"]
  n1[("orders")]
  n2(["Billing"])
  n3(["Audit"])
  n4[("ledger")]
  n0 -- "OrderPlaced<br/>OrderPaid" --> n1
  n0 -- "OrderPlaced" --> n4
  n1 --> n2
  n1 --> n3
  n4 --> n2
  n4 --> n3`,
    )
  })
})

describe('an event that readers derive', () => {
  it('is on no edge, and its parties are not drawn for it', () => {
    const derived = anEvent('OrderNoticed', { producer: 'Watcher', isDerived: true })
    expect(flowDiagram([...events, derived])).toBe(flowDiagram(events))
  })
})

describe('a sequence diagram', () => {
  it('follows a command to the consumers of its events, and shows how it may be refused', () => {
    const command = aCommand('PlaceOrder', {
      emits: ['OrderPaid', 'Unknown'],
      rejections: [{ code: 'order_taken', when: 'The id is in use.' }],
    })
    expect(sequenceDiagram(command, new Map(events.map(event => [event.type, event])))).toBe(
      `sequenceDiagram
  participant p0 as Caller
  participant p1 as Order
  participant p2 as orders
  participant p3 as Audit
  participant p4 as topic
  p0->>p1: PlaceOrder
  p1->>p2: OrderPaid
  p2-->>p3: OrderPaid
  p1->>p4: Unknown
  p1--xp0: order_taken`,
    )
  })
})

describe('a label', () => {
  it('cannot end itself or begin another statement', () => {
    expect(mermaidText('Shop & "Co"; <b>')).toBe('Shop #38; #34;Co#34;#59; #60;b#62;')
    expect(mermaidText('a\n  b --> c')).not.toMatch(/[\n>]/)
    expect(mermaidText('the end')).toBe('the en#100;')
    expect(mermaidText('x'.repeat(1_000))).toHaveLength(200)
  })
})
