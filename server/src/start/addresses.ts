/**
 * What addresses are of and whether they hold a secret, by their text alone: no command that only asks a server need
 * load more. Neither function repeats an address in an error; see `database-address.ts` and `transport-address.ts`.
 */

/** What brings events to handlers: the log of the store itself, or a broker. */
export type TransportKind = 'embedded' | 'nats' | 'service-bus'

export const noDatabase = 'The database is not given as postgres://user:password@host:port/database'
export const noTransport =
  'The transport is given as embedded, nats://host:4222, or the connection string of a Service Bus: Endpoint=sb://…'

/** Whether it is the address of a PostgreSQL database. */
export const isDatabase = (url: string): boolean => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url)

/** Whether the address of a database holds a password. */
export function hasPassword(url: string): boolean {
  return URL.canParse(url) && (new URL(url).password !== '' || /[?&](password|sslpassword)=/i.test(url))
}

/** Whether the place of an archive is an address, not a folder. */
export const isAddress = (place: string): boolean => /^https?:\/\//i.test(place)

/** What the address of a transport is of; undefined where it is of none. */
export function transportOf(address: string | undefined): TransportKind | undefined {
  if (address === undefined || address === 'embedded') return 'embedded'
  if (/^(nats|tls):\/\//i.test(address)) return 'nats'
  return /(^|;)\s*Endpoint=sb:\/\//i.test(address) ? 'service-bus' : undefined
}

/** Whether the address of a transport holds something that nobody may read. */
export const hasSecret = (address: string): boolean =>
  transportOf(address) === 'service-bus'
    ? /SharedAccess(Key|Signature)=/i.test(address)
    : address.split(',').some(one => one.includes('@'))
