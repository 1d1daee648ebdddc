const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/

/** A point in time, and its text in UTC. */
export interface UtcTime {
  readonly text: string
  /** Milliseconds since the epoch, without what the fraction says beyond them. */
  readonly at: number
}

/**
 * Reads an RFC 3339 time with a zone and gives it in UTC, with its fraction of a second kept digit for digit
 * (`2026-06-11T11:00:01.250+02:00` → `2026-06-11T09:00:01.250Z`); undefined where it is none. A time that is in
 * UTC already comes back as it stands.
 */
export function toUtc(text: string): string | undefined {
  return readTime(text)?.text
}

/** As {@link toUtc}, with the milliseconds. */
export function readTime(text: string): UtcTime | undefined {
  return readPlain(text) ?? readAny(text)
}

const zero = 48

/** The two digits at a place; NaN where there are none. */
function pair(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - zero, text.charCodeAt(at + 1) - zero]
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

/** Times as programs write them, `2026-06-11T09:00:01Z` with or without milliseconds: a tenth of what a pattern costs. */
function readPlain(text: string): UtcTime | undefined {
  const { length } = text
  if ((length !== 20 && length !== 24) || text.charCodeAt(length - 1) !== 90 || text.charCodeAt(10) !== 84)
    return undefined
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') return undefined
  const year = pair(text, 0) * 100 + pair(text, 2)
  const month = pair(text, 5)
  const day = pair(text, 8)
  const hour = pair(text, 11)
  const minute = pair(text, 14)
  const second = pair(text, 17)
  // What is at the end of a month, or of a day, is left to who looks closely.
  const isPlain = year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 28
  if (!(isPlain && hour <= 23 && minute <= 59 && second <= 59)) return undefined
  let fraction = 0
  if (length === 24) {
    fraction = pair(text, 20) * 10 + text.charCodeAt(22) - zero
    if (
      text[19] !== '.' ||
      !(fraction >= 0 && fraction <= 999) ||
      text.charCodeAt(22) < zero ||
      text.charCodeAt(22) > zero + 9
    )
      return undefined
  }
  return { text, at: Date.UTC(year, month - 1, day, hour, minute, second, fraction) }
}

function readAny(text: string): UtcTime | undefined {
  const parts = rfc3339.exec(text)
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = parts
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  const date = new Date(at)
  // Date.UTC rolls 31 February over; the text is a time only if nothing rolled. Leap seconds are refused too.
  const isReal =
    date.getUTCFullYear() === Number(year) &&
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    date.getUTCHours() === Number(hour) &&
    date.getUTCMinutes() === Number(minute) &&
    date.getUTCSeconds() === Number(second)
  if (!isReal) return undefined
  const fractionMs = Number(fraction.slice(1, 4).padEnd(3, '0'))
  if (zone === 'Z' || zone === 'z')
    return { text: `${text.slice(0, -1).replace('t', 'T')}Z`, at: at + fractionMs }
  const offsetHours = Number(zone.slice(1, 3))
  const offsetMinutes = Number(zone.slice(4, 6))
  if (offsetHours > 23 || offsetMinutes > 59) return undefined
  const sign = zone.startsWith('-') ? 1 : -1
  const utc = new Date(at + sign * (offsetHours * 60 + offsetMinutes) * 60_000)
  // As above years before 100 are not taken: what comes out must go in again.
  if (utc.getUTCFullYear() < 100 || utc.getUTCFullYear() > 9999) return undefined
  return { text: `${utc.toISOString().slice(0, 19)}${fraction}Z`, at: utc.getTime() + fractionMs }
}
