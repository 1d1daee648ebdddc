import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import css from './flow.module.css'
import type { FlowLayout, PlacedNode } from './layout.ts'

interface FlowNodeProps {
  readonly node: PlacedNode
  readonly layout: FlowLayout
  readonly isCurrent: boolean
  readonly isLit: boolean
  readonly onActive: (id: string | undefined) => void
}

/** A node that leads to what it stands for: a topic's page, or all events of a producer or a consumer. */
export function FlowNodeLink({ node, layout, isCurrent, isLit, onActive }: FlowNodeProps) {
  const box = <NodeBox node={node} layout={layout} />
  const common = {
    className: css.node,
    'data-column': node.column,
    'data-lit': isLit || undefined,
    'data-current': isCurrent || undefined,
    onMouseEnter: () => onActive(node.id),
    onMouseLeave: () => onActive(undefined),
    onFocus: () => onActive(node.id),
    onBlur: () => onActive(undefined),
  }
  if (node.stands > 1) return <g className={css.node}>{box}</g>
  if (node.column === 'topic') {
    return (
      <Link
        {...common}
        to="/catalog/topics/$name"
        params={{ name: node.name }}
        aria-current={isCurrent ? 'page' : undefined}
      >
        {box}
      </Link>
    )
  }
  return (
    <Link {...common} to="/catalog" search={{ [node.column]: [node.name] }}>
      {box}
    </Link>
  )
}

function NodeBox({ node, layout }: { readonly node: PlacedNode; readonly layout: FlowLayout }): ReactNode {
  const { nodeWidth, nodeHeight } = layout
  const middle = { x: node.x + nodeWidth / 2, y: node.y + nodeHeight / 2 }
  const first = node.label.length === 1 ? 0.35 : -0.25
  return (
    <>
      {/* This is also the link's name, so that it says what the node stands for. */}
      <title>{`${node.column} ${node.name}`}</title>
      <rect
        x={node.x}
        y={node.y}
        width={nodeWidth}
        height={nodeHeight}
        rx={node.column === 'topic' ? nodeHeight / 2 : 5}
      />
      <text y={middle.y} textAnchor="middle">
        {node.label.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two lines may say the same
          <tspan key={at} x={middle.x} dy={`${at === 0 ? first : 1.2}em`}>
            {line}
          </tspan>
        ))}
      </text>
    </>
  )
}
