import type { CatalogEvent, CatalogTopic } from '../../api/catalog-types.ts'

export const COLUMNS = ['producer', 'topic', 'consumer'] as const
export type Column = (typeof COLUMNS)[number]

export interface FlowNode {
  readonly id: string
  readonly column: Column
  readonly name: string
  /** How many are meant where a column is too long to show each; 1 for a node with a name of its own. */
  readonly stands: number
}

export interface FlowEdge {
  readonly from: string
  readonly to: string
  /** Types of the events that pass; none where only the topic says that somebody listens. */
  readonly events: readonly string[]
}

/** Who publishes on which topics, and who receives from them. */
export interface FlowGraph {
  readonly nodes: readonly FlowNode[]
  readonly edges: readonly FlowEdge[]
}

export interface FlowSource {
  readonly events: readonly CatalogEvent[]
  readonly topics: readonly CatalogTopic[]
  /** The one topic that is shown; without it, all topics of the events. */
  readonly only?: string
}

const idOf = (column: Column, name: string) => `${column}:${name}`

/** Collects nodes and edges; what comes twice is one. */
class Builder {
  readonly nodes = new Map<string, FlowNode>()
  readonly edges = new Map<string, { from: string; to: string; events: string[] }>()

  node(column: Column, name: string): string {
    const id = idOf(column, name)
    if (!this.nodes.has(id)) this.nodes.set(id, { id, column, name, stands: 1 })
    return id
  }

  edge(from: string, to: string, event?: string): void {
    const key = JSON.stringify([from, to])
    const edge = this.edges.get(key) ?? { from, to, events: [] }
    if (event !== undefined) edge.events.push(event)
    this.edges.set(key, edge)
  }
}

/**
 * The flow of events. A consumer of an event on several topics is joined to those that it subscribes to, and to the
 * event's main topic where none of them names it.
 */
export function flowGraph({ events, topics, only }: FlowSource): FlowGraph {
  const subscribers = new Map(topics.map(({ name, subscribers }) => [name, new Set(subscribers)]))
  const builder = new Builder()
  for (const event of events) {
    const on = [...new Set([event.topic, ...event.alsoOn])]
    const shown = only === undefined ? on : on.filter(name => name === only)
    for (const name of shown)
      builder.edge(builder.node('producer', event.producer), builder.node('topic', name), event.type)
    for (const consumer of new Set(event.consumers)) {
      const named = on.filter(name => subscribers.get(name)?.has(consumer))
      const from = named.length > 0 ? named : [event.topic]
      for (const name of from.filter(one => shown.includes(one)))
        builder.edge(builder.node('topic', name), builder.node('consumer', consumer), event.type)
    }
  }
  if (only !== undefined)
    joinParties(
      builder,
      topics.find(({ name }) => name === only),
    )
  return { nodes: [...builder.nodes.values()], edges: [...builder.edges.values()] }
}

/** Who a topic itself names, beyond what the events on it say. */
function joinParties(builder: Builder, topic: CatalogTopic | undefined): void {
  if (!topic) return
  const middle = builder.node('topic', topic.name)
  for (const name of topic.publishers) {
    if (!builder.nodes.has(idOf('producer', name))) builder.edge(builder.node('producer', name), middle)
  }
  for (const name of topic.subscribers) {
    if (!builder.nodes.has(idOf('consumer', name))) builder.edge(middle, builder.node('consumer', name))
  }
}

const joined = (names: readonly string[]): string =>
  names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

/** The same in sentences, one for each topic. */
export function flowSentences({ nodes, edges }: FlowGraph): string[] {
  const name = new Map(nodes.map(node => [node.id, node.name]))
  return nodes
    .filter(({ column }) => column === 'topic')
    .map(topic => {
      const publishers = edges.filter(({ to }) => to === topic.id).map(({ from }) => name.get(from) ?? '')
      const receivers = edges.filter(({ from }) => from === topic.id).map(({ to }) => name.get(to) ?? '')
      const events = new Set(edges.filter(({ to }) => to === topic.id).flatMap(edge => edge.events))
      const verb = publishers.length === 1 ? 'publishes' : 'publish'
      const what = events.size === 1 ? [...events][0] : `${events.size} types of events`
      const first = publishers.length === 0 ? 'Nobody publishes' : `${joined(publishers)} ${verb} ${what}`
      const end = receivers.length === 0 ? 'nobody receives them' : `received by ${joined(receivers)}`
      return `${first} on ${topic.name}; ${end}.`
    })
}
