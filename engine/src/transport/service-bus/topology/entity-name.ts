import { createHash } from 'node:crypto'

/** Characters that the name of a subscription may have on the broker. */
const longestSubscription = 50

/**
 * The broker's name of a subscription: letters, digits, `.`, `-` and `_`. What does not fit ends in a hash of the whole, so
 * that two names stay two. Of a store with several shards each has its own.
 */
export function subscriptionEntity(subscription: string, partition: number, partitions: number): string {
  const whole = partitions === 1 ? subscription : `${subscription}.${partition}`
  const isFit = /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/.test(whole) && whole.length <= longestSubscription
  // The broker takes names that differ in case alone for one.
  if (isFit && whole === whole.toLowerCase()) return whole
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 12)
  const readable = whole.replaceAll(/[^\w.-]/g, '-').replaceAll(/^[._-]+/g, '')
  return `${readable.slice(0, longestSubscription - 13)}-${hash}`.toLowerCase()
}

/** A text as a duration of ISO 8601, as the broker's administration has it; from milliseconds. */
export const toDuration = (milliseconds: number): string => `PT${Math.round(milliseconds / 1_000)}S`

/** Milliseconds of a duration such as `P1DT2H3M4.5S`. */
export function fromDuration(text: string): number {
  const [, days, hours, minutes, seconds] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text) ?? []
  const [d, h, m, s] = [days, hours, minutes, seconds].map(part => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ]
  return (((d * 24 + h) * 60 + m) * 60 + s) * 1_000
}
