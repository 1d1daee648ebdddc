/** A value at an instant, in milliseconds since the epoch. */
export interface Point {
  readonly at: number
  readonly value: number
}

const STEPS = [1, 2, 5, 10]

/** Round numbers from 0 to at or above `most`, about `count` of them; of what is counted, none between whole ones. */
export function valueTicks(most: number, count = 4, isWhole = false): readonly number[] {
  if (!(most > 0)) return [0, 1]
  const rough = Math.max(most / count, isWhole ? 1 : 0)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * (STEPS.find(one => one * power >= rough * 0.999) ?? 10)
  const ticks = Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, at) => at * step)
  // 0.1 * 3 is not 0.3.
  return ticks.map(tick => Number(tick.toPrecision(12)))
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const SPANS = [1, 2, 5, 10, 15, 30].map(n => n * SECOND)
const TIME_STEPS = [...SPANS, ...SPANS.map(span => span * 60), 60 * MINUTE, 120 * MINUTE, 360 * MINUTE]

/** Round instants between two, at most `count` of them. */
export function timeTicks(from: number, to: number, count = 6): readonly number[] {
  const step = TIME_STEPS.find(one => (to - from) / one <= count) ?? 24 * 60 * MINUTE
  const ticks: number[] = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at)
  return ticks
}

export interface Frame {
  readonly from: number
  readonly to: number
  readonly top: number
  /** Of the drawing, without its axes. */
  readonly width: number
  readonly height: number
}

export const xOf = (at: number, { from, to, width }: Frame): number =>
  to === from ? width : ((at - from) / (to - from)) * width

export const yOf = (value: number, { top, height }: Frame): number =>
  height - (top === 0 ? 0 : Math.min(1, Math.max(0, value / top)) * height)

const short = (n: number) => Number(n.toFixed(1))

/** The line through the points, as an SVG path. */
export function linePath(points: readonly Point[], frame: Frame): string {
  return points
    .map(({ at, value }, i) => `${i === 0 ? 'M' : 'L'}${short(xOf(at, frame))} ${short(yOf(value, frame))}`)
    .join('')
}

/** The same, closed along the bottom. */
export function areaPath(points: readonly Point[], frame: Frame): string {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return ''
  const end = `L${short(xOf(last.at, frame))} ${frame.height}L${short(xOf(first.at, frame))} ${frame.height}Z`
  return linePath(points, frame) + end
}

/** The point nearest to an instant; undefined where there is none. */
export function nearest(points: readonly Point[], at: number): Point | undefined {
  return points.reduce<Point | undefined>(
    (best, point) => (best === undefined || Math.abs(point.at - at) < Math.abs(best.at - at) ? point : best),
    undefined,
  )
}
