import type { JsonValue } from '../../core/index.ts'
import { canonicalJson, KeelsonError } from '../../core/index.ts'

/** Characters of JSON, as many as an event may have: workers hold a page of them. */
const maxLength = 256 * 1024

/** @throws KeelsonError `append_invalid` where the payload of a message or timer is too large. */
export function checkPayload(what: string, payload: JsonValue): JsonValue {
  const { length } = canonicalJson(payload)
  if (length <= maxLength) return payload
  const message = `The payload of ${what} has ${length} characters; at most ${maxLength} are taken: send a reference`
  throw new KeelsonError('append_invalid', message)
}
