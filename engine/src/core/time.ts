const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/

/**
 * Reads an RFC 3339 time with a zone and gives it in UTC, with its fraction of a second kept digit for digit
 * (`2026-06-11T11:00:01.250+02:00` → `2026-06-11T09:00:01.250Z`); undefined where it is none. A time that is in
 * UTC already comes back as it stands.
 */
export function toUtc(text: string): string | undefined {
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
  if (zone === 'Z') return text.includes('t') ? text.replace('t', 'T') : text
  if (zone === 'z') return `${text.slice(0, -1).replace('t', 'T')}Z`
  const offsetHours = Number(zone.slice(1, 3))
  const offsetMinutes = Number(zone.slice(4, 6))
  if (offsetHours > 23 || offsetMinutes > 59) return undefined
  const sign = zone.startsWith('-') ? 1 : -1
  const utc = new Date(at + sign * (offsetHours * 60 + offsetMinutes) * 60_000)
  // As above years before 100 are not taken: what comes out must go in again.
  if (utc.getUTCFullYear() < 100 || utc.getUTCFullYear() > 9999) return undefined
  return `${utc.toISOString().slice(0, 19)}${fraction}Z`
}
