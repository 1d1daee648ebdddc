import { useElementSize } from '@mantine/hooks'
import type { CheckpointItem } from '../api/log-types.ts'
import chart from '../chart/chart.module.css'
import { valueTicks, yOf } from '../chart/scale.ts'
import { axisText, countText } from '../delivery/words.ts'
import { useNow, useTimePreferences } from '../time/context.tsx'
import { absolute, compact } from '../time/format.ts'
import css from './picture.module.css'

const HEIGHT = 196
const MARGIN = { left: 48, right: 16, top: 12, bottom: 26 }
/** Checkpoints that are drawn, and pixels that the time below one needs. */
const MOST = 24
const ROOM = 112

/** The newest checkpoints as a chain, each at the size that it has signed; side by side, since a log rests for long. */
export function GrowthPicture({ items }: { readonly items: readonly CheckpointItem[] }) {
  const { ref, width } = useElementSize()
  const { zone } = useTimePreferences()
  const now = useNow()
  const points = items.slice(0, MOST).reverse()
  const last = points.at(-1)
  const ticks = valueTicks(last?.size ?? 1, 4, true)
  const frame = {
    from: 0,
    to: 1,
    top: ticks.at(-1) ?? 1,
    width: Math.max(1, width - MARGIN.left - MARGIN.right),
    height: HEIGHT - MARGIN.top - MARGIN.bottom,
  }
  const xAt = (at: number) => ((at + 0.5) / points.length) * frame.width
  const line = points.map(({ size }, at) => `${at === 0 ? 'M' : 'L'}${xAt(at)} ${yOf(size, frame)}`).join('')
  const step = Math.max(1, Math.ceil((ROOM * points.length) / frame.width))
  return (
    <figure className={css.figure} ref={ref}>
      <figcaption className={css.caption}>
        {items.length > MOST ? `The newest ${MOST} checkpoints` : 'Checkpoints that were kept'}
        <span className={css.reading}>
          {last && `evenly spaced, up to ${countText(last.size, 'leaf', 'leaves')}`}
        </span>
      </figcaption>
      <svg
        className={css.growth}
        width="100%"
        height={HEIGHT}
        role="img"
        aria-label={`${countText(points.length, 'checkpoint')}, the newest of ${countText(last?.size ?? 0, 'leaf', 'leaves')}`}
      >
        <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
          {ticks.map(value => (
            <g key={value} transform={`translate(0 ${yOf(value, frame)})`}>
              <line className={chart.grid} x2={frame.width} />
              <text className={chart.tick} x={-8} dy="0.32em" textAnchor="end">
                {axisText(value)}
              </text>
            </g>
          ))}
          <path className={chart.line} d={line} />
          {points.map(({ size, at }, index) => (
            <g key={size}>
              <line
                className={css.stem}
                x1={xAt(index)}
                x2={xAt(index)}
                y1={yOf(size, frame)}
                y2={frame.height}
              />
              <circle className={chart.dot} cx={xAt(index)} cy={yOf(size, frame)} r={5}>
                <title>{`${countText(size, 'leaf', 'leaves')}, ${absolute(Date.parse(at), zone)}`}</title>
              </circle>
              {(points.length - 1 - index) % step === 0 && (
                <text className={chart.tick} x={xAt(index)} y={frame.height + 18} textAnchor="middle">
                  {compact(Date.parse(at), now, zone)}
                </text>
              )}
            </g>
          ))}
        </g>
      </svg>
    </figure>
  )
}
