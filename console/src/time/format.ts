export type Zone = 'local' | 'utc'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `3 s`, `12 min`, `5 h`, `6 d`: how long ago, in one unit; a date when it is longer. A clock that runs ahead reads `now`. */
export function ago(instant: number, now: number): string {
  return gapText(now - instant) ?? parts(instant, 'local').date
}

/** `now`, `5 h ago`; undefined when it is longer than anybody counts in days. */
export function agoText(instant: number, now: number): string | undefined {
  const gap = gapText(now - instant)
  return gap === undefined || gap === 'now' ? gap : `${gap} ago`
}

/** How old a list is, and whether the last attempt to fetch it again has failed; nothing before it was ever fetched. */
export function updatedText(at: number, now: number, isStale: boolean): string {
  return at === 0 ? '' : `${isStale ? 'stale, ' : ''}updated ${agoText(at, now) ?? ago(at, now)}`
}

function gapText(gap: number): string | undefined {
  if (gap < 1000) return 'now'
  if (gap < MINUTE) return `${Math.floor(gap / 1000)} s`
  if (gap < HOUR) return `${Math.floor(gap / MINUTE)} min`
  if (gap < DAY) return `${Math.floor(gap / HOUR)} h`
  return gap < 8 * DAY ? `${Math.floor(gap / DAY)} d` : undefined
}

const two = (n: number) => String(n).padStart(2, '0')

interface Parts {
  readonly date: string
  readonly clock: string
  readonly millis: string
}

function parts(instant: number, zone: Zone): Parts {
  const at = new Date(instant)
  const utc = zone === 'utc'
  const [y, mo, d] = utc
    ? [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
    : [at.getFullYear(), at.getMonth(), at.getDate()]
  const [h, mi, s] = utc
    ? [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()]
    : [at.getHours(), at.getMinutes(), at.getSeconds()]
  const millis = String(at.getUTCMilliseconds()).padStart(3, '0')
  return { date: `${y}-${two(mo + 1)}-${two(d)}`, clock: `${two(h)}:${two(mi)}:${two(s)}`, millis }
}

export function zoneName(zone: Zone): string {
  return zone === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** `2026-11-20 14:03:59.120 UTC` */
export function absolute(instant: number, zone: Zone): string {
  const { date, clock, millis } = parts(instant, zone)
  return `${date} ${clock}.${millis} ${zoneName(zone)}`
}

/** For a dense column: the clock today, otherwise date and clock; the year where it is another one. */
export function compact(instant: number, now: number, zone: Zone): string {
  const then = parts(instant, zone)
  const today = parts(now, zone).date
  if (then.date === today) return then.clock
  const isThisYear = then.date.slice(0, 4) === today.slice(0, 4)
  return `${isThisYear ? then.date.slice(5) : then.date} ${then.clock}`
}

/** `14:03:59` */
export function clock(instant: number, zone: Zone): string {
  return parts(instant, zone).clock
}

/** What a person edits in a field; read back by `parseInstant`. */
export function editable(instant: number, zone: Zone): string {
  const { date, clock } = parts(instant, zone)
  return `${date} ${clock}`
}

/**
 * Reads what one pastes from a log: ISO 8601 with or without an offset, a plain date, `YYYY-MM-DD HH:mm[:ss]`,
 * or a Unix time in seconds or milliseconds. Without an offset, the zone decides. Undefined when unreadable.
 */
export function parseInstant(text: string, zone: Zone): number | undefined {
  const input = text.trim()
  if (/^\d{9,10}$/.test(input)) return Number(input) * 1000
  if (/^\d{12,13}$/.test(input)) return Number(input)
  const plain =
    /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i.exec(
      input,
    )
  if (!plain) return undefined
  const [, date, clock = '00:00:00', given] = plain
  const offset = given ? given.toUpperCase().replace('UTC', 'Z') : zone === 'utc' ? 'Z' : ''
  const withColon = offset.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')
  const instant = Date.parse(`${date}T${clock}${withColon}`)
  return Number.isNaN(instant) ? undefined : instant
}

/** The calendar day after `date` (`YYYY-MM-DD`). */
export function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + DAY).toISOString().slice(0, 10)
}
