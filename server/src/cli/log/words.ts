export { counted } from '../../api/counted.ts'

import { CommandFailure, exitCodes } from '../exit-code.ts'

/** A time of the API for people: to the second, in UTC. */
export const toTime = (time: string): string => time.slice(0, 19).replace('T', ' ')

/** @throws CommandFailure with exit code 2. */
export function toLimit(text: string): number {
  const limit = Number(text)
  if (/^\d{1,9}$/.test(text) && limit >= 1) return limit
  throw new CommandFailure('--limit takes a whole number from 1', exitCodes.usage)
}
