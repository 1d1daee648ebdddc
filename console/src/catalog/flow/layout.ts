import { COLUMNS, type Column, type FlowEdge, type FlowGraph, type FlowNode } from './graph.ts'
import { labelLines } from './label.ts'

export interface PlacedNode extends FlowNode {
  readonly x: number
  readonly y: number
  /** The name as it fits into the node, in one or two lines. */
  readonly label: readonly string[]
}

export interface PlacedEdge extends FlowEdge {
  readonly path: string
  /** Corners of the arrow's head. */
  readonly head: string
}

export interface FlowLayout {
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly PlacedEdge[]
  readonly width: number
  readonly height: number
  readonly nodeWidth: number
  readonly nodeHeight: number
  /** Left edge of each column. */
  readonly columns: Readonly<Record<Column, number>>
}

/** Pixels; the second is that of nodes with two lines. */
const HEIGHTS = [32, 42] as const
const GAP = 10
const HEAD = 26
const HEAD_LENGTH = 7
/** Beyond this many, the last node of a column stands for the rest. */
export const MAX_IN_COLUMN = 40
const SWEEPS = 4
/** Widest character of the labels, in pixels, on the safe side of the mean. */
const CHARACTER = 7.1

/** Places the three columns, each ordered so that its edges cross little. */
export function layoutFlow(graph: FlowGraph, width: number): FlowLayout {
  const { nodes, edges } = gather(graph)
  const columns = COLUMNS.map(column => nodes.filter(node => node.column === column))
  untangle(columns, edges)

  const nodeWidth = Math.round(Math.min(270, Math.max(140, width * 0.27)))
  const letters = Math.floor((nodeWidth - 22) / CHARACTER)
  const labels = new Map(nodes.map(({ id, name }) => [id, labelLines(name, letters)]))
  const nodeHeight = [...labels.values()].some(lines => lines.length > 1) ? HEIGHTS[1] : HEIGHTS[0]
  const tallest = Math.max(1, ...columns.map(column => column.length))
  const body = tallest * nodeHeight + (tallest - 1) * GAP
  const left = [1, (width - nodeWidth) / 2, width - nodeWidth - 1].map(Math.round) as [number, number, number]
  const placed = columns.flatMap((column, at) => {
    const taken = column.length * nodeHeight + (column.length - 1) * GAP
    const top = HEAD + (body - taken) / 2
    return column.map((node, row) => ({
      ...node,
      x: left[at] as number,
      y: Math.round(top + row * (nodeHeight + GAP)),
      label: labels.get(node.id) ?? [],
    }))
  })
  return {
    nodes: placed,
    edges: drawEdges(placed, edges, { nodeWidth, nodeHeight }),
    width,
    height: HEAD + body + 2,
    nodeWidth,
    nodeHeight,
    columns: { producer: left[0], topic: left[1], consumer: left[2] },
  }
}

/** Long columns end in one node for all that do not fit. */
function gather({ nodes, edges }: FlowGraph): FlowGraph {
  const rename = new Map<string, string>()
  const kept: FlowNode[] = []
  for (const column of COLUMNS) {
    const all = nodes.filter(node => node.column === column)
    const fits = all.length <= MAX_IN_COLUMN ? all : all.slice(0, MAX_IN_COLUMN - 1)
    kept.push(...fits)
    const rest = all.slice(fits.length)
    if (rest.length === 0) continue
    const more = { id: `${column}:*`, column, name: `${rest.length} more`, stands: rest.length }
    kept.push(more)
    for (const { id } of rest) rename.set(id, more.id)
  }
  const merged = new Map<string, { from: string; to: string; events: string[] }>()
  for (const edge of edges) {
    const from = rename.get(edge.from) ?? edge.from
    const to = rename.get(edge.to) ?? edge.to
    const key = JSON.stringify([from, to])
    const before = merged.get(key) ?? { from, to, events: [] }
    before.events.push(...edge.events)
    merged.set(key, before)
  }
  return { nodes: kept, edges: [...merged.values()] }
}

/** Sorts each column by the mean place of its neighbours, a few times to and fro. */
function untangle(columns: FlowNode[][], edges: readonly FlowEdge[]): void {
  const neighbours = new Map<string, string[]>()
  for (const { from, to } of edges) {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to])
    neighbours.set(to, [...(neighbours.get(to) ?? []), from])
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const order = sweep % 2 === 0 ? [1, 2, 0] : [1, 0, 2]
    for (const at of order) {
      const place = new Map(columns.flatMap(column => column.map(({ id }, row) => [id, row / column.length])))
      const mean = (id: string): number => {
        const rows = (neighbours.get(id) ?? []).map(one => place.get(one) ?? 0)
        return rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row, 0) / rows.length
      }
      const means = new Map((columns[at] ?? []).map(({ id }) => [id, mean(id)]))
      columns[at]?.sort((a, b) => (means.get(a.id) ?? 0) - (means.get(b.id) ?? 0))
    }
  }
}

function drawEdges(
  nodes: readonly PlacedNode[],
  edges: readonly FlowEdge[],
  { nodeWidth, nodeHeight }: Pick<FlowLayout, 'nodeWidth' | 'nodeHeight'>,
): PlacedEdge[] {
  const place = new Map(nodes.map(node => [node.id, node]))
  return edges.flatMap(edge => {
    const from = place.get(edge.from)
    const to = place.get(edge.to)
    if (!from || !to) return []
    const [x1, y1] = [from.x + nodeWidth, from.y + nodeHeight / 2]
    // The arrow's head ends at the node, so that the line must end before it.
    const [x2, y2] = [to.x - HEAD_LENGTH, to.y + nodeHeight / 2]
    const bend = (x2 - x1) / 2
    const path = `M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`
    const head = `${x2},${y2 - 4} ${to.x},${y2} ${x2},${y2 + 4}`
    return [{ ...edge, path, head }]
  })
}
