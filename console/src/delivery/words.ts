const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Seconds in at most two units: `40 ms`, `0.4 s`, `12 s`, `3 min 20 s`, `2 h`, `5 d 3 h`. */
export function spanText(seconds: number): string {
  if (seconds > 0 && seconds < 0.095) return `${Math.max(1, Math.round(seconds * 1000))} ms`
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`
  const whole = Math.round(seconds)
  if (whole < MINUTE) return `${whole} s`
  if (whole < HOUR) return two(whole, MINUTE, 'min', 1, 's')
  if (whole < DAY) return two(whole, HOUR, 'h', MINUTE, 'min')
  return two(whole, DAY, 'd', HOUR, 'h')
}

function two(seconds: number, large: number, name: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small)
  return `${Math.floor(seconds / large)} ${name}${rest === 0 ? '' : ` ${rest} ${smallName}`}`
}

/** `0/s`, `0.02/s`, `3.4/s`, `1,240/s` */
export function rateText(perSecond: number): string {
  if (perSecond >= 10) return `${Math.round(perSecond).toLocaleString('en')}/s`
  return `${perSecond === 0 ? 0 : Number(perSecond.toPrecision(2))}/s`
}

export const numberText = (n: number): string => n.toLocaleString('en')

/** `1 event`, `2 events` */
export const countText = (n: number, one: string, many = `${one}s`): string =>
  `${numberText(n)} ${n === 1 ? one : many}`

/** The server counts what is in trouble up to a thousand: `12`, `1,000+` */
export const manyText = (n: number): string => (n >= 1000 ? '1,000+' : String(n))

/** `1 dead letter`, `1,000+ dead letters` */
export const manyCountText = (n: number, one: string, many = `${one}s`): string =>
  `${manyText(n)} ${n === 1 ? one : many}`

/** For an axis: `0.5`, `120`, `12k`, `3.5M` */
export function axisText(value: number): string {
  if (value < 10_000) return String(Number(value.toPrecision(4)))
  return value < 1_000_000 ? `${Number((value / 1000).toFixed(1))}k` : `${Number((value / 1e6).toFixed(1))}M`
}
