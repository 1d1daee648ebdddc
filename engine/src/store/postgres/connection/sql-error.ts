import type { ErrorCode } from '../../../core/index.ts'
import { KeelsonError } from '../../../core/index.ts'
import type { PostgresPool } from './pool.ts'
import { tlsCodes, whyUnreachable } from './unreachable.ts'

/** What a SQLSTATE or its class (two characters) means for the caller. */
const codes: Readonly<Record<string, ErrorCode>> = {
  '08': 'store_unreachable',
  '57P01': 'store_unreachable',
  '57P02': 'store_unreachable',
  '57P03': 'store_unreachable',
  '57P05': 'store_unreachable',
  '25P03': 'store_unreachable',
  '53100': 'store_full',
  '53': 'store_busy',
  '40001': 'store_busy',
  '40P01': 'store_busy',
  '55P03': 'store_busy',
  '57014': 'store_busy',
  '22021': 'read_invalid',
  '25006': 'store_unwritable',
  '28': 'store_not_permitted',
  '42501': 'store_not_permitted',
  XX001: 'store_damaged',
  XX002: 'store_damaged',
}

/** What to look for, where the code of the error table does not say it. */
const hints: Readonly<Record<string, string>> = {
  '25006': 'The database is read-only (a standby, or default_transaction_read_only)',
  '3D000': 'The database does not exist',
  '3F000': 'A schema that Keelson needs is missing; was another database restored over this one?',
  '42P01':
    'A table is missing: one of a read model that was not defined, or the schema was changed past Keelson',
  '42883': 'A function is missing: was the schema keelson changed past Keelson, or restored in part?',
  '57014': 'The statement took longer than the database allows',
}

/** Codes whose message of the server says more than the table. */
const isTold = new Set<ErrorCode>(['store_failed', 'store_not_permitted', 'read_invalid'])

const unreachable = /^(E(CONN|PIPE|TIMEDOUT|HOST|NET|NOTFOUND|AI_AGAIN))/

/** SQLSTATE of what the driver threw; undefined where it did not come from the server. */
export function sqlState(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** Whether the connection is gone, so that nobody knows what became of the call. */
export function isLost(error: unknown): boolean {
  if (error instanceof KeelsonError) return error.code === 'store_unreachable'
  const state = sqlState(error)
  if (state !== undefined && !unreachable.test(state))
    return (codes[state] ?? codes[state.slice(0, 2)]) === 'store_unreachable'
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (typeof code === 'string' && (unreachable.test(code) || tlsCodes.test(code))) return true
  return /connection|terminated|timeout exceeded|not queryable/i.test(String(message ?? ''))
}

/**
 * What a server says to who asks for a connection where it takes none now: the database was closed to new ones, is
 * gone or being restored, or all places are taken. To a statement the same codes say other things.
 */
const refusals: Readonly<Record<string, string>> = {
  '55000': 'the database takes no connections now',
  '3D000': 'the database does not exist',
  '53300': 'all its connections are taken',
}

/** As `toStoreError`, for what came in the place of a connection: nothing was sent yet, and it can be tried again. */
export function toConnectError(error: unknown, pool?: Pick<PostgresPool, 'options'>): KeelsonError {
  const state = sqlState(error)
  const refusal = state === undefined ? undefined : refusals[state]
  if (refusal === undefined) return toStoreError(error, pool)
  const cause = new Error((error as Error).message)
  return new KeelsonError('store_unreachable', whyUnreachable(error, pool, refusal), details(state), cause)
}

/** Whether the database undid the transaction because of another one, so that it can be tried again. */
export function isContended(error: unknown): boolean {
  const state = sqlState(error)
  return state === '40001' || state === '40P01'
}

/**
 * The error of the table for what the driver threw; without anything that was sent or stored. With the pool it names
 * the server that was not reached.
 */
export function toStoreError(error: unknown, pool?: Pick<PostgresPool, 'options'>): KeelsonError {
  if (error instanceof KeelsonError) return error
  const state = sqlState(error)
  const message = (error as { message?: string } | undefined)?.message ?? String(error)
  const cause = new Error(message)
  if (isLost(error))
    return new KeelsonError('store_unreachable', whyUnreachable(error, pool), details(state), cause)
  if (/pool after calling end/.test(message))
    return new KeelsonError('store_closed', 'The pool of the store was ended', {}, cause)
  const code = (state && (codes[state] ?? codes[state.slice(0, 2)])) || 'store_failed'
  const hint = state === undefined ? undefined : hints[state]
  const text = isTold.has(code) ? message : undefined
  const sentence = [hint, text].filter(part => part !== undefined).join(': ')
  return new KeelsonError(code, sentence === '' ? undefined : sentence, details(state), cause)
}

function details(state: string | undefined): { sqlState?: string } {
  return state === undefined ? {} : { sqlState: state }
}
