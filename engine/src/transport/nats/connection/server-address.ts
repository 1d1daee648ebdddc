import type { NodeConnectionOptions } from '@nats-io/transport-node'
import { KeelsonError } from '../../../core/index.ts'

/**
 * What an address such as `nats://user:secret@one:4222,nats://two:4222` says; a name without a password is a token.
 * The client itself takes no credentials in addresses.
 */
export function parseAddress(address: string): NodeConnectionOptions {
  const urls = address.split(',').map(one => toUrl(one.trim()))
  const [first] = urls
  if (first === undefined) throw invalid()
  const { username, password } = first
  const user = decodeURIComponent(username)
  const who =
    username === '' ? {} : password === '' ? { token: user } : { user, pass: decodeURIComponent(password) }
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port === '' ? '4222' : port}`),
    ...(urls.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {}),
    ...who,
  }
}

function toUrl(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `nats://${text}`)
  if (url === null || !['nats:', 'tls:'].includes(url.protocol) || url.hostname === '') throw invalid()
  return url
}

// The address itself is not shown: it may carry a password.
const invalid = () =>
  new KeelsonError(
    'delivery_options_invalid',
    'The address of a NATS server is as nats://host:4222 or tls://host:4222, several with commas between',
  )
