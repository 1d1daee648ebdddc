import type { DeadLetterReason, JsonObject } from 'keelson'
import { KeelsonError } from 'keelson'
import type { DeadLetterQuery } from 'keelson/delivery'
import { QueryReader } from '../../query.ts'
import { MemberReader } from '../member-reader.ts'

/** What is asked of dead letters besides whose they are. */
export type LetterFilter = Omit<DeadLetterQuery, 'subscription' | 'scope'>

export const causes: readonly DeadLetterReason[] = ['permanent', 'exhausted', 'expired', 'parked']
const filterNames = ['fingerprint', 'type', 'cause', 'orderingKey', 'from', 'to']
const mostIds = 1_000

/** From query parameters; `more` are the route's own, for the reader that is given back. */
export function readLetterQuery(
  query: unknown,
  more: readonly string[],
): {
  readonly reader: QueryReader
  readonly filter: LetterFilter
  readonly subscription: string | undefined
} {
  const reader = new QueryReader(query, ['subscription', ...filterNames, ...more])
  const subscription = reader.text('subscription')
  const cause = reader.text('cause') === undefined ? undefined : reader.oneOf('cause', causes, 'permanent')
  const filter = toFilter({
    fingerprint: reader.text('fingerprint'),
    type: reader.text('type'),
    orderingKey: reader.text('orderingKey'),
    from: reader.time('from'),
    to: reader.time('to'),
    cause,
  })
  return { reader, filter, subscription }
}

/** From a body; `more` are the route's own members. Faults come with the reader's `done`. */
export function readLetterSelection(
  body: JsonObject,
  more: readonly string[],
): { readonly reader: MemberReader; readonly filter: LetterFilter; readonly subscription: string } {
  const reader = new MemberReader(body, ['subscription', 'ids', ...filterNames, ...more])
  reader.require('subscription')
  const positions = reader.numbers('ids', mostIds)
  const filter = toFilter({
    fingerprint: reader.text('fingerprint', 128),
    type: reader.text('type', 128),
    orderingKey: reader.text('orderingKey', 1_024),
    from: reader.time('from'),
    to: reader.time('to'),
    cause: reader.oneOf('cause', causes),
  })
  return {
    reader,
    filter: { ...filter, ...(positions === undefined ? {} : { positions }) },
    subscription: reader.text('subscription', 128) ?? '',
  }
}

interface Asked {
  readonly fingerprint: string | undefined
  readonly type: string | undefined
  readonly orderingKey: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  readonly cause: DeadLetterReason | undefined
}

function toFilter({ fingerprint, type, orderingKey, from, to, cause }: Asked): LetterFilter {
  return {
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(type === undefined ? {} : { eventType: type }),
    ...(orderingKey === undefined ? {} : { orderingKey }),
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(to === undefined ? {} : { to: Date.parse(to) }),
    ...(cause === undefined ? {} : { reason: cause }),
  }
}

/** Where a page ended: the engine's name of the subscription, and its last dead letter there. */
export interface LetterCursor {
  readonly engineName: string
  readonly after: string
}

export const toLetterCursor = ({ engineName, after }: LetterCursor): string =>
  Buffer.from(`${after} ${engineName}`).toString('base64url')

/** @throws KeelsonError `cursor_invalid`. */
export function fromLetterCursor(text: string): LetterCursor {
  const parts = /^(\d{16}#\d{1,4}) (.{1,128})$/s.exec(Buffer.from(text, 'base64url').toString())
  if (parts?.[1] === undefined || parts[2] === undefined) throw new KeelsonError('cursor_invalid')
  return { after: parts[1], engineName: parts[2] }
}
