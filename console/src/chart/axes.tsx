import { clock, type Zone } from '../time/format.ts'
import css from './chart.module.css'
import { type Frame, timeTicks, xOf, yOf } from './scale.ts'

export interface ChartFrame extends Frame {
  readonly ticks: readonly number[]
}

interface AxesProps {
  readonly frame: ChartFrame
  readonly tick: (value: number) => string
  readonly zone: Zone
}

/** Pixels that a time of the clock needs. */
const ROOM = 84

export function Axes({ frame, tick, zone }: AxesProps) {
  const times = timeTicks(frame.from, frame.to, Math.max(2, Math.floor(frame.width / ROOM)))
  const hasSeconds = times.some(at => at % 60_000 !== 0)
  return (
    <>
      {frame.ticks.map(value => (
        <g key={value} transform={`translate(0 ${yOf(value, frame)})`}>
          <line className={css.grid} x2={frame.width} />
          <text className={css.tick} x={-8} dy="0.32em" textAnchor="end">
            {tick(value)}
          </text>
        </g>
      ))}
      {times.map(at => (
        <text
          key={at}
          className={css.tick}
          x={Math.min(frame.width - 14, Math.max(14, xOf(at, frame)))}
          y={frame.height + 16}
          textAnchor="middle"
        >
          {clock(at, zone).slice(0, hasSeconds ? 8 : 5)}
        </text>
      ))}
    </>
  )
}
