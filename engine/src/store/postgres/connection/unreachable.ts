import type { PostgresPool } from './pool.ts'

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut off',
  EPIPE: 'the connection was cut off',
  ETIMEDOUT: 'it does not answer',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the host',
}

/** Codes of a TLS connection that was not made. */
export const tlsCodes = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

interface Fault {
  readonly code?: unknown
  readonly message?: unknown
  readonly address?: unknown
  readonly hostname?: unknown
  readonly port?: unknown
  readonly errors?: readonly Fault[]
}

/** A sentence with host and port, and why: of what was thrown no text is repeated, which may hold anything. */
export function whyUnreachable(
  error: unknown,
  pool?: Pick<PostgresPool, 'options'>,
  refusal?: string,
): string {
  // Of a host with several addresses, each was tried.
  const fault = ((error as Fault | undefined)?.errors?.[0] ?? error ?? {}) as Fault
  const { code } = fault
  const place = placeOf(pool) ?? placeOfFault(fault)
  const reason =
    refusal === undefined
      ? reasonOf(typeof code === 'string' ? code : '', String(fault.message ?? ''))
      : `: ${refusal}`
  return `The database server${place === undefined ? '' : ` at ${place}`} cannot be reached${reason}`
}

function reasonOf(code: string, message: string): string {
  if (/does not support SSL/i.test(message)) return ': it refuses TLS'
  if (tlsCodes.test(code)) return `: its TLS certificate or protocol is not accepted (${code})`
  if (/timeout/i.test(message)) return ': no connection was there in time'
  if (reasons[code] !== undefined) return `: ${reasons[code]} (${code})`
  if (/terminated/i.test(message)) return ': the connection was cut off'
  return /^[0-9A-Z_]{3,40}$/.test(code) ? ` (${code})` : ''
}

function placeOfFault({ address, hostname, port }: Fault): string | undefined {
  const host = hostname ?? address
  return typeof host === 'string' ? withPort(host, port) : undefined
}

/** As the pool was told; undefined where it was not, and the driver took what it takes by itself. */
function placeOf(pool: Pick<PostgresPool, 'options'> | undefined): string | undefined {
  const { host, port, connectionString } = pool?.options ?? {}
  if (typeof connectionString === 'string' && URL.canParse(connectionString)) {
    const url = new URL(connectionString)
    if (url.hostname !== '') return withPort(url.hostname, url.port === '' ? 5432 : url.port)
  }
  return typeof host === 'string' && host !== '' ? withPort(host, port ?? 5432) : undefined
}

const withPort = (host: string, port: unknown): string =>
  port === undefined ? host : `${host}:${String(port)}`
