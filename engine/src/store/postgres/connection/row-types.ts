import type { SqlValue } from '../../types.ts'

type Parser = (value: string) => unknown

/** Object ids of PostgreSQL's own types, which never change. */
const oid = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  float4: 700,
  float8: 701,
  numeric: 1700,
} as const

const asIs: Parser = value => value
const bytes: Parser = value => Buffer.from(value.slice(2), 'hex')

const ownParsers = new Map<number, Parser>([
  [oid.int8, Number],
  [oid.int2, Number],
  [oid.int4, Number],
  [oid.bytea, bytes],
  [oid.bool, value => value === 't'],
])

const eventParsers = new Map<number, Parser>([
  ...ownParsers,
  [oid.bytea, value => Buffer.from(value.slice(2), 'hex').toString('base64url')],
])

const queryParsers = new Map<number, Parser>([
  [oid.int8, integer],
  [oid.int2, Number],
  [oid.int4, Number],
  [oid.float4, Number],
  [oid.float8, Number],
  [oid.numeric, decimal],
  [oid.bytea, bytes],
  // As SQLite has them.
  [oid.bool, value => (value === 't' ? 1 : 0)],
])

/** For the store's own queries, whose integers are all safe. */
export const ownTypes = { getTypeParser: (type: number): Parser => ownParsers.get(type) ?? asIs }

/** For rows of events, as `ownTypes`, with bytes as base64url. */
export const eventTypes = { getTypeParser: (type: number): Parser => eventParsers.get(type) ?? asIs }

/** For queries of read models: what a SQL value can be, everything else as PostgreSQL writes it. */
export const queryTypes = { getTypeParser: (type: number): Parser => queryParsers.get(type) ?? asIs }

function integer(value: string): SqlValue {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value)
}

/** A decimal is a number only where nothing is lost by it, as with sums of whole numbers. */
function decimal(value: string): SqlValue {
  const number = Number(value)
  return String(number) === value ? number : value
}
