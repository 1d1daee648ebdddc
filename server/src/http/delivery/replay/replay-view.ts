import type { JsonObject, JsonValue } from 'keelson'
import type { RunRecord } from 'keelson/delivery'
import type { ReplayItem } from '../../../api/types.ts'
import { readEngineName } from '../../../delivery/index.ts'

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString()

/** What names the tenant and the subscription is said beside it, in the caller's words. */
const inner: readonly string[] = ['subscription', 'scope', 'tenantId']

/** A run as the API gives it. */
export function toReplayItem(run: RunRecord): ReplayItem {
  const { id, kind, subscription, state, startedBy, startedAt, updatedAt, endedAt, progress } = run
  const { position = null, from = null, to = null, ...counts } = progress
  return {
    id,
    kind,
    subscription: readEngineName(subscription)?.name ?? subscription,
    state,
    startedBy,
    startedAt: timeOf(startedAt),
    updatedAt: timeOf(updatedAt),
    endedAt: endedAt === undefined ? null : timeOf(endedAt),
    query: queryOf(run),
    ratePerSecond: run.ratePerSecond ?? null,
    withSideEffects: run.withSideEffects,
    progress: { ...counts, position, from, to },
    error: run.error ?? null,
  }
}

/** In the names of the API: dead letters are asked for by `ids`, `type` and `cause`, and times are texts. */
function queryOf({ kind, query }: RunRecord): JsonObject {
  const asked = Object.entries(query).filter(([name]) => !inner.includes(name))
  if (kind === 'log') return Object.fromEntries(asked)
  return Object.fromEntries(asked.map(([name, value]) => toMember(name, value)))
}

function toMember(name: string, value: JsonValue): [string, JsonValue] {
  if (name === 'positions') return ['ids', value]
  if (name === 'eventType') return ['type', value]
  if (name === 'reason') return ['cause', value]
  return typeof value === 'number' ? [name, timeOf(value)] : [name, value]
}
