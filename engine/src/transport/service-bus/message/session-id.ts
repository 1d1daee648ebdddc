import { createHash } from 'node:crypto'

/** Characters that a session id or a message id may have. */
const longest = 128

/** The session in which a tenant's events of a key keep their order. Without a key each event has one of its own. */
export const sessionIdOf = (tenantId: string, orderingKey: string | undefined, eventId: string): string =>
  bounded(tenantId, orderingKey === undefined ? `~${eventId}` : `/${orderingKey}`)

/** By it the broker finds repeats; of one tenant event ids are unique. */
export const messageIdOf = (tenantId: string, eventId: string): string => bounded(tenantId, `/${eventId}`)

function bounded(tenantId: string, rest: string): string {
  const whole = `${tenantId}${rest}`
  if (whole.length <= longest) return whole
  return `#${createHash('sha256').update(whole).digest('base64url')}`
}
