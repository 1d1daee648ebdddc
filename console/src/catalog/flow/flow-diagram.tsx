import { useElementSize } from '@mantine/hooks'
import { useId, useMemo, useState } from 'react'
import css from './flow.module.css'
import { FlowNodeLink } from './flow-node.tsx'
import { type FlowGraph, flowSentences } from './graph.ts'
import { type FlowLayout, layoutFlow } from './layout.ts'

interface FlowDiagramProps {
  readonly graph: FlowGraph
  /** What is shown, as the diagram's name. */
  readonly title: string
  /** The node that the page is about. */
  readonly currentId?: string
}

const FALLBACK = 900

/** Who publishes, on what, for whom: drawn, and in sentences below. */
export function FlowDiagram({ graph, title, currentId }: FlowDiagramProps) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const [active, setActive] = useState<string>()
  const id = useId()
  const layout = useMemo(
    () => layoutFlow(graph, Math.max(480, Math.floor(width) || FALLBACK)),
    [graph, width],
  )
  const sentences = useMemo(() => flowSentences(graph), [graph])
  const lit = useMemo(() => litBy(layout, active), [layout, active])
  return (
    <figure className={css.figure}>
      <div ref={ref} className={css.frame}>
        {/* biome-ignore lint/a11y/useSemanticElements: a group of links within a drawing is no fieldset */}
        <svg
          role="group"
          aria-label={title}
          aria-describedby={id}
          width={layout.width}
          height={layout.height}
          className={css.drawing}
          data-busy={active !== undefined || undefined}
        >
          <ColumnHeads layout={layout} />
          <g aria-hidden>
            {layout.edges.map(edge => (
              <Edge key={`${edge.from} ${edge.to}`} edge={edge} isLit={lit.has(edge)} />
            ))}
          </g>
          {layout.nodes.map(node => (
            <FlowNodeLink
              key={node.id}
              node={node}
              layout={layout}
              isCurrent={node.id === currentId}
              isLit={
                node.id === active || [...lit].some(({ from, to }) => from === node.id || to === node.id)
              }
              onActive={setActive}
            />
          ))}
        </svg>
      </div>
      <details className={css.text}>
        <summary>The diagram in words</summary>
        <ul id={id}>
          {sentences.map(sentence => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </details>
    </figure>
  )
}

/** The edges of a node, and those that the same events pass further on. */
function litBy(layout: FlowLayout, active: string | undefined): ReadonlySet<FlowLayout['edges'][number]> {
  if (active === undefined) return new Set()
  const own = layout.edges.filter(({ from, to }) => from === active || to === active)
  const events = new Set(own.flatMap(edge => edge.events))
  const ends = new Set(own.flatMap(({ from, to }) => [from, to]))
  const further = layout.edges.filter(
    edge => (ends.has(edge.from) || ends.has(edge.to)) && edge.events.some(event => events.has(event)),
  )
  return new Set([...own, ...further])
}

function Edge({ edge, isLit }: { readonly edge: FlowLayout['edges'][number]; readonly isLit: boolean }) {
  return (
    <g className={css.edge} data-lit={isLit || undefined} data-thin={edge.events.length === 0 || undefined}>
      <path d={edge.path} strokeWidth={1.2 + Math.min(2, Math.log2(Math.max(1, edge.events.length)) * 0.4)} />
      <polygon points={edge.head} />
    </g>
  )
}

const HEADS = { producer: 'Producers', topic: 'Topics', consumer: 'Consumers' } as const

function ColumnHeads({ layout }: { readonly layout: FlowLayout }) {
  return (
    <g aria-hidden>
      {(['producer', 'topic', 'consumer'] as const).map(column => (
        <text key={column} x={layout.columns[column]} y={12} className={css.head}>
          {HEADS[column]}
        </text>
      ))}
    </g>
  )
}
