import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anEvent } from '../model/fixtures.ts'
import { type FlowGraph, flowGraph, flowSentences } from './graph.ts'
import { labelLines } from './label.ts'
import { layoutFlow, MAX_IN_COLUMN } from './layout.ts'

const placed = anEvent({ type: 'OrderPlaced', consumers: ['Billing', 'Stock'] })
const paid = anEvent({
  type: 'OrderPaid',
  producer: 'Bank',
  alsoOn: ['money'],
  consumers: ['Ledger', 'Stock'],
})
const topic = (name: string, publishers: string[] = [], subscribers: string[] = []) => ({
  name,
  summary: name,
  publishers,
  subscribers,
  events: [],
})
const lines = ({ edges }: FlowGraph) => edges.map(({ from, to, events }) => `${from} ${to} ${events}`).sort()

describe('the flow of events', () => {
  it('leads from producers over topics to consumers', () => {
    expect(lines(flowGraph({ events: [placed], topics: [] }))).toEqual([
      'producer:Shop topic:orders OrderPlaced',
      'topic:orders consumer:Billing OrderPlaced',
      'topic:orders consumer:Stock OrderPlaced',
    ])
  })

  it('joins a consumer to the topics that it subscribes to', () => {
    const topics = [topic('orders'), topic('money', [], ['Ledger'])]
    expect(lines(flowGraph({ events: [paid], topics }))).toEqual([
      'producer:Bank topic:money OrderPaid',
      'producer:Bank topic:orders OrderPaid',
      'topic:money consumer:Ledger OrderPaid',
      'topic:orders consumer:Stock OrderPaid',
    ])
  })

  it('shows of one topic what passes it, and who it names beyond its events', () => {
    const topics = [topic('orders'), topic('money', ['Bank', 'Cashier'], ['Ledger', 'Taxes'])]
    expect(lines(flowGraph({ events: [placed, paid], topics, only: 'money' }))).toEqual([
      'producer:Bank topic:money OrderPaid',
      'producer:Cashier topic:money ',
      'topic:money consumer:Ledger OrderPaid',
      'topic:money consumer:Taxes ',
    ])
  })

  it('says the same in sentences', () => {
    expect(
      flowSentences(flowGraph({ events: [placed, { ...placed, type: 'OrderGone' }], topics: [] })),
    ).toEqual(['Shop publishes 2 types of events on orders; received by Billing and Stock.'])
    expect(flowSentences(flowGraph({ events: [anEvent({ type: 'Alone' })], topics: [] }))).toEqual([
      'Shop publishes Alone on orders; nobody receives them.',
    ])
  })
})

describe('the layout of a flow', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => `Consumer ${at}`)

  it.each([0, 1, 15, 40, 200])('keeps %d consumers inside the drawing, and apart', count => {
    const graph = flowGraph({ events: [{ ...placed, consumers: many(count) }], topics: [] })
    const layout = layoutFlow(graph, 900)
    for (const node of layout.nodes) {
      expect(node.x).toBeGreaterThanOrEqual(0)
      expect(node.x + layout.nodeWidth).toBeLessThanOrEqual(layout.width)
      expect(node.y + layout.nodeHeight).toBeLessThanOrEqual(layout.height)
      const near = layout.nodes.filter(
        other => other.x === node.x && Math.abs(other.y - node.y) < layout.nodeHeight,
      )
      expect(near).toEqual([node])
    }
    const consumers = layout.nodes.filter(({ column }) => column === 'consumer')
    expect(consumers).toHaveLength(Math.min(count, MAX_IN_COLUMN))
    expect(consumers.reduce((sum, node) => sum + node.stands, 0)).toBe(count)
    expect(layout.edges).toHaveLength(1 + consumers.length)
  })

  it('orders the columns so that straight flows stay straight', () => {
    const events = ['c', 'a', 'b'].map(name =>
      anEvent({ type: name, producer: name, topic: name, consumers: [name] }),
    )
    const { nodes } = layoutFlow(flowGraph({ events: [...events].reverse(), topics: [] }), 900)
    const rows = Map.groupBy(nodes, node => node.y)
    expect(rows.size).toBe(3)
    for (const row of rows.values()) expect(new Set(row.map(({ name }) => name)).size).toBe(1)
  })
})

describe('the label of a node', () => {
  it('is broken where words end, and cut only where two lines do not hold it', () => {
    expect(labelLines('Shop', 10)).toEqual(['Shop'])
    expect(labelLines('PolicyEngineService / PolicyEvaluationService', 26)).toEqual([
      'PolicyEngineService /',
      'PolicyEvaluationService',
    ])
    expect(labelLines('x'.repeat(30), 10)).toEqual([`${'x'.repeat(9)}…`])
  })

  it('never has more letters than there is room for', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 2, max: 40 }), (name, letters) => {
        const label = labelLines(name, letters)
        expect(label.length).toBeLessThanOrEqual(2)
        for (const line of label) expect(line.length).toBeLessThanOrEqual(letters)
        if (name.length <= letters) expect(label).toEqual([name])
      }),
    )
  })
})
