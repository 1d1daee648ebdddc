import { useMemo } from 'react'
import type { LagPoint } from '../../api/delivery-types.ts'
import { TimeChart } from '../../chart/time-chart.tsx'
import { axisText, countText, rateText, spanText } from '../../delivery/words.ts'
import css from './detail.module.css'

/** The last hour: how many positions it is behind, how long the oldest has waited, and what was done. */
export function LagCharts({ history }: { readonly history: readonly LagPoint[] }) {
  const courses = useMemo(() => {
    const course = (read: (point: LagPoint) => number) =>
      history.map(point => ({ at: Date.parse(point.at), value: read(point) }))
    return {
      events: course(({ events }) => events),
      seconds: course(({ seconds }) => seconds),
      handled: course(({ handledPerSecond }) => handledPerSecond),
      failed: course(({ failedPerSecond }) => failedPerSecond),
    }
  }, [history])
  const perSecond = { say: rateText, tick: axisText }
  return (
    <>
      <TimeChart
        title="Positions behind the newest"
        points={courses.events}
        say={n => countText(n, 'position')}
        tick={axisText}
        isWhole
      />
      <div className={css.charts}>
        <TimeChart
          title="Age of the oldest that waits, seconds"
          points={courses.seconds}
          say={spanText}
          tick={axisText}
        />
        <TimeChart title="Handled per second" points={courses.handled} {...perSecond} />
        <TimeChart title="Failed per second" points={courses.failed} {...perSecond} tone="warn" />
      </div>
    </>
  )
}
