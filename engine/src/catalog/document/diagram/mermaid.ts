import type { CommandDocument, EventDocument } from '../catalog-document.ts'

/** Text for a Mermaid label: what could be read as syntax is written as a character code. */
export function mermaidText(text: string): string {
  return text
    .slice(0, 200)
    .replace(/[^\p{L}\p{N} .,:_/-]/gu, character => `#${character.codePointAt(0) ?? 63};`)
    .replace(/\bend\b/gi, word => `${word.slice(0, 2)}#${word.codePointAt(2)};`)
}

/**
 * A flow diagram from producers over topics to consumers. The edges to a topic name the events. What readers derive is
 * sent by nobody, and so is left out.
 */
export function flowDiagram(events: readonly EventDocument[]): string {
  const ids = new Map<string, string>()
  const nodes: string[] = []
  const node = (kind: 'producer' | 'topic' | 'consumer', name: string): string => {
    const key = `${kind} ${name}`
    const known = ids.get(key)
    if (known !== undefined) return known
    const id = `n${ids.size}`
    ids.set(key, id)
    const label = `"${mermaidText(name)}"`
    nodes.push(
      `  ${id}${kind === 'topic' ? `[(${label})]` : kind === 'producer' ? `[${label}]` : `([${label}])`}`,
    )
    return id
  }
  const sent = new Map<string, string[]>()
  const received = new Set<string>()
  for (const { type, producer, consumers, topic, alsoOn } of events.filter(event => !event.isDerived)) {
    for (const name of new Set([topic, ...alsoOn])) {
      const edge = `${node('producer', producer)} ${node('topic', name)}`
      sent.set(edge, [...(sent.get(edge) ?? []), type])
      for (const consumer of consumers)
        received.add(`  ${node('topic', name)} --> ${node('consumer', consumer)}`)
    }
  }
  const edges = [...sent].map(([edge, types]) => {
    const [from, to] = edge.split(' ')
    return `  ${from} -- "${types.map(mermaidText).join('<br/>')}" --> ${to}`
  })
  return ['flowchart LR', ...nodes, ...edges, ...received].join('\n')
}

/** A sequence diagram of one command: what it leads to, and who takes that on. */
export function sequenceDiagram(
  command: CommandDocument,
  events: ReadonlyMap<string, EventDocument>,
): string {
  const names = new Map<string, string>()
  const party = (name: string): string => {
    const known = names.get(name)
    if (known !== undefined) return known
    const id = `p${names.size}`
    names.set(name, id)
    return id
  }
  const caller = party('Caller')
  const aggregate = party(command.aggregate)
  const steps = [`  ${caller}->>${aggregate}: ${mermaidText(command.type)}`]
  for (const type of command.emits) {
    const event = events.get(type)
    const topic = party(event?.topic ?? 'topic')
    steps.push(`  ${aggregate}->>${topic}: ${mermaidText(type)}`)
    for (const consumer of event?.consumers ?? [])
      steps.push(`  ${topic}-->>${party(consumer)}: ${mermaidText(type)}`)
  }
  for (const { code } of command.rejections) steps.push(`  ${aggregate}--x${caller}: ${mermaidText(code)}`)
  const parties = [...names].map(([name, id]) => `  participant ${id} as ${mermaidText(name)}`)
  return ['sequenceDiagram', ...parties, ...steps].join('\n')
}
