import { useElementSize } from '@mantine/hooks'
import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { useTimePreferences } from '../time/context.tsx'
import { clock } from '../time/format.ts'
import { Axes, type ChartFrame } from './axes.tsx'
import css from './chart.module.css'
import { areaPath, linePath, nearest, type Point, valueTicks, xOf, yOf } from './scale.ts'

interface TimeChartProps {
  readonly title: string
  readonly points: readonly Point[]
  /** A value with its unit: `12 events`. */
  readonly say: (value: number) => string
  /** A tick of the axis; the unit is in the title. */
  readonly tick: (value: number) => string
  /** Whether values are counted, so that there is nothing between whole ones. */
  readonly isWhole?: boolean
  readonly tone?: 'plain' | 'warn'
}

const HEIGHT = 150
const MARGIN = { left: 52, right: 10, top: 8, bottom: 22 }

/** A value over time, with its axes. The pointer, or the arrow keys, read single points from it. */
export function TimeChart(props: TimeChartProps) {
  const { title, points, say, tick, isWhole = false, tone = 'plain' } = props
  const { ref, width } = useElementSize()
  const { zone } = useTimePreferences()
  const [readAt, setReadAt] = useState<number>()
  const latest = points.at(-1)
  const read = readAt === undefined ? undefined : nearest(points, readAt)
  const shown = read ?? latest
  const most = Math.max(0, ...points.map(({ value }) => value))
  return (
    <figure className={css.chart} data-tone={tone}>
      <figcaption className={css.caption}>
        {title}
        {shown && (
          <span className={css.reading}>
            {read ? `${clock(shown.at, zone)} ` : 'latest '}
            {say(shown.value)}
            {!read && `, at most ${say(most)}`}
          </span>
        )}
      </figcaption>
      <div ref={ref} className={css.frame}>
        {points.length < 2 ? (
          <div className={css.waiting} style={{ height: HEIGHT }}>
            The first points come within a minute
          </div>
        ) : (
          <Drawing
            {...{ title, points, say, tick, read, setReadAt }}
            frame={frameOf(points, valueTicks(most, 3, isWhole), width)}
            zone={zone}
          />
        )}
      </div>
    </figure>
  )
}

function frameOf(points: readonly Point[], ticks: readonly number[], width: number): ChartFrame {
  return {
    from: points[0]?.at ?? 0,
    to: points.at(-1)?.at ?? 0,
    top: ticks.at(-1) ?? 1,
    width: Math.max(1, width - MARGIN.left - MARGIN.right),
    height: HEIGHT - MARGIN.top - MARGIN.bottom,
    ticks,
  }
}

interface DrawingProps extends Omit<TimeChartProps, 'tone' | 'isWhole'> {
  readonly frame: ChartFrame
  readonly zone: ReturnType<typeof useTimePreferences>['zone']
  readonly read: Point | undefined
  readonly setReadAt: (at: number | undefined) => void
}

function Drawing({ title, points, say, tick, frame, zone, read, setReadAt }: DrawingProps) {
  const shown = read ?? (points.at(-1) as Point)
  const move = (event: PointerEvent<HTMLElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - MARGIN.left
    setReadAt(frame.from + (x / frame.width) * (frame.to - frame.from))
  }
  const step = (event: KeyboardEvent) => {
    const to = stepped(event.key, points, points.indexOf(shown))
    if (to === undefined) return
    event.preventDefault()
    setReadAt(to)
  }
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={title}
      aria-valuemin={0}
      aria-valuemax={points.length - 1}
      aria-valuenow={points.indexOf(shown)}
      aria-valuetext={`${clock(shown.at, zone)}: ${say(shown.value)}`}
      onPointerMove={move}
      onPointerLeave={() => setReadAt(undefined)}
      onBlur={() => setReadAt(undefined)}
      onKeyDown={step}
    >
      <svg width="100%" height={HEIGHT} aria-hidden focusable="false">
        <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
          <Axes frame={frame} tick={tick} zone={zone} />
          <path className={css.area} d={areaPath(points, frame)} />
          <path className={css.line} d={linePath(points, frame)} />
          {read && (
            <>
              <line
                className={css.cursor}
                x1={xOf(read.at, frame)}
                x2={xOf(read.at, frame)}
                y2={frame.height}
              />
              <circle className={css.dot} cx={xOf(read.at, frame)} cy={yOf(read.value, frame)} r={4} />
            </>
          )}
        </g>
      </svg>
    </div>
  )
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: 10,
  PageDown: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

function stepped(key: string, points: readonly Point[], at: number): number | undefined {
  const by = Object.hasOwn(STEPS, key) ? STEPS[key] : undefined
  if (by === undefined) return undefined
  return points[Math.min(points.length - 1, Math.max(0, at + by))]?.at
}
