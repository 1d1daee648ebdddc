import { useNow, useTimePreferences } from './context.tsx'
import { absolute, ago, agoText, compact } from './format.ts'

/** A time for a dense list; hovering gives it in full, in both zones. */
export function Timestamp({ value }: { readonly value: string }) {
  const now = useNow()
  const { zone, style } = useTimePreferences()
  const instant = Date.parse(value)
  const full = `${absolute(instant, zone)}\n${absolute(instant, zone === 'utc' ? 'local' : 'utc')}`
  return (
    <time dateTime={value} title={full}>
      {style === 'relative' ? ago(instant, now) : compact(instant, now, zone)}
    </time>
  )
}

/** How long ago within a sentence: `5 h ago`, `on 2026-11-20`; hovering gives it in full. */
export function Ago({ value }: { readonly value: string }) {
  const now = useNow()
  const { zone } = useTimePreferences()
  const instant = Date.parse(value)
  const gap = agoText(instant, now)
  return (
    <time dateTime={value} title={absolute(instant, zone)}>
      {gap === 'now' ? 'just now' : (gap ?? `on ${absolute(instant, zone).slice(0, 10)}`)}
    </time>
  )
}

/** A time in full, with how long ago behind it where that is a matter of days. */
export function FullTimestamp({ value }: { readonly value: string }) {
  const now = useNow()
  const { zone } = useTimePreferences()
  const instant = Date.parse(value)
  const gap = agoText(instant, now)
  return (
    <time dateTime={value} title={absolute(instant, zone === 'utc' ? 'local' : 'utc')}>
      {absolute(instant, zone)}
      {gap !== undefined && <span className="dim"> ({gap})</span>}
    </time>
  )
}
