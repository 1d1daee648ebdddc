import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isJsonObject } from '../../core/index.ts'
import type { Document } from '../types.ts'

export interface OutboxMessage {
  readonly topic: string
  readonly payload: JsonValue
  readonly headers?: Readonly<Record<string, string>>
}

export interface PendingMessage extends OutboxMessage {
  readonly id: string
  readonly tenantId: string
  /** When it was added, in milliseconds since the epoch. */
  readonly addedAt: number
  /** How often sending it has failed. */
  readonly attempts: number
  readonly revision: number
}

/** A message that was given up on, with what happened at the last try. */
export interface AsideMessage extends PendingMessage {
  readonly error: string
}

export function toValue(
  { topic, payload, headers = {}, addedAt }: PendingMessage,
  attempts: number,
): JsonObject {
  return { topic, payload, headers: { ...headers }, addedAt, attempts }
}

export function toMessage({ id, tenantId, revision, value }: Document): PendingMessage {
  const { topic, payload, headers, addedAt, attempts } = isJsonObject(value) ? value : {}
  return {
    id,
    tenantId,
    revision,
    topic: String(topic ?? ''),
    payload: payload ?? null,
    headers: (headers ?? {}) as Record<string, string>,
    addedAt: Number(addedAt ?? 0),
    attempts: Number(attempts ?? 0),
  }
}
