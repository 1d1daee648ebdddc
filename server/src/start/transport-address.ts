import { KeelsonError } from 'keelson'
import type { TransportKind } from './addresses.ts'
import { noTransport, transportOf } from './addresses.ts'

/**
 * What an address is of.
 *
 * @throws KeelsonError `request_invalid` where it is of none; the text is not repeated, for it may hold a secret.
 */
export function transportKind(address: string | undefined): TransportKind {
  const kind = transportOf(address)
  if (kind === undefined) throw new KeelsonError('request_invalid', noTransport)
  return kind
}

/** The address as it may be shown: never with a user, a password, a token or a key. */
export function shownTransport(address: string | undefined): string {
  const kind = transportKind(address)
  if (kind === 'embedded' || address === undefined) return 'embedded'
  if (kind === 'service-bus') return `sb://${/Endpoint=sb:\/\/([^/;]+)/i.exec(address)?.[1] ?? ''}`
  return address
    .split(',')
    .map(
      one =>
        `nats://${one
          .trim()
          .replace(/^\w+:\/\//, '')
          .replace(/^.*@/, '')
          .replace(/[/?#].*$/, '')}`,
    )
    .join(',')
}
