import css from './chart.module.css'
import { areaPath, linePath, type Point } from './scale.ts'

interface SparklineProps {
  readonly points: readonly Point[]
  /** What a reader who does not see it is told. */
  readonly label: string
  readonly tone?: 'plain' | 'warn'
}

const [WIDTH, HEIGHT] = [88, 22]

/** The course of a value without any axis; the number itself stands beside it. */
export function Sparkline({ points, label, tone = 'plain' }: SparklineProps) {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || points.length < 2) return <span className={css.noSpark} />
  const top = Math.max(1, ...points.map(({ value }) => value))
  const frame = { from: first.at, to: last.at, top, width: WIDTH, height: HEIGHT - 3 }
  return (
    <svg
      className={css.spark}
      data-tone={tone}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 -2 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      <path className={css.area} d={areaPath(points, frame)} />
      <path className={css.line} d={linePath(points, frame)} />
    </svg>
  )
}
