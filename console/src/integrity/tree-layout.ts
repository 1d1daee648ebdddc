import { type Mountain, mountainsOf } from './mountains.ts'

interface Canvas {
  readonly width: number
  /** Where the leaves lie, and where the root. */
  readonly base: number
  readonly top: number
}

/** A perfect tree as a triangle: the middle and the length of its base line, and the height of its peak. */
export interface Shape extends Mountain {
  readonly x: number
  readonly width: number
  readonly peak: number
}

export interface TreeLayout {
  readonly shapes: readonly Shape[]
  readonly root: { readonly x: number; readonly y: number }
  /** From the left edge at 0; as wide as the canvas at the most. */
  readonly width: number
}

/** Room at both sides, so that no line is cut off. */
const MARGIN = 8
const GAP = 4
const WIDEST = 44

/** Where the perfect trees of a log stand side by side, and their one root in the middle above them. */
export function treeLayout(size: number, { width: room, base, top }: Canvas): TreeLayout {
  const mountains = mountainsOf(size)
  const weights = mountains.map(({ level }) => level + 1.6)
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const unit = Math.min(WIDEST, (room - MARGIN) / Math.max(1, sum))
  const highest = Math.max(1, mountains[0]?.level ?? 0)
  let left = 0
  const shapes = mountains.map((mountain, at) => {
    const width = (weights[at] as number) * unit
    const height = 16 + (mountain.level / highest) * (base - top - 56)
    const shape = { ...mountain, x: left + width / 2, width: width - GAP, peak: base - height }
    left += width
    return shape
  })
  return { shapes, root: { x: left / 2, y: top }, width: left }
}
