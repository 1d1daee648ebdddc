import type { JsonObject, JsonValue } from '../../core/index.ts'
import { canonicalJson, fillableFields } from '../../core/index.ts'
import { commitBody, disclosureAad, openBody, openDisclosures } from '../../proof/index.ts'
import { mayHide } from '../read/count-hidden.ts'
import type { Secret } from '../types.ts'
import { parseSealed } from './sealed-text.ts'

export interface Content {
  /** Canonical JSON. */
  readonly body: string
  /** Which members Keelson filled in, a bit set. */
  readonly filled: number
}

/** Content as it was stored, and where. */
export interface StoredContent extends Content {
  readonly tenantId: string
  readonly sequence: number
  /** Sealed disclosures as they stand. */
  readonly secrets: string
}

/** Content that is sent again; `secrets` are those that belong to its body. */
export interface GivenContent extends Content {
  readonly secrets: readonly Secret[]
}

/**
 * Whether an event that is sent again has the content that was stored. What Keelson filled in is left out on each
 * side: a repeat gets another trace id, or comes without the context that the first one had, but is the same event.
 * Hidden fields are compared by what they say, for digests differ with the event's id. Where some cannot be opened any
 * more, because a subject was erased since, the rest alone decides.
 */
export function isSameContent(stored: StoredContent, given: GivenContent): boolean {
  if (stored.body === given.body) return true
  const [a, b] = [envelopeOf(stored), envelopeOf(given)]
  if (!mayHide(stored.body) && !mayHide(given.body)) return canonicalJson(a) === canonicalJson(b)
  const there = openBody(a, disclosuresOf(stored, given.secrets))
  if (there.hidden > 0) return canonicalJson(withoutDigests(a)) === canonicalJson(withoutDigests(b))
  const here = openBody(
    b,
    given.secrets.flatMap(({ disclosures }) => disclosures),
  )
  return canonicalJson(there.envelope) === canonicalJson(here.envelope)
}

/** Whether the body is another one than the leaf commits to: it was redacted. `blind` has 32 bytes. */
export function isReplaced(stored: {
  readonly body: string
  readonly blind: Uint8Array
  readonly leaf: string
}): boolean {
  return !stored.leaf.startsWith(`{"body":"${commitBody(stored.body, stored.blind)}"`)
}

function envelopeOf({ body, filled }: Content): JsonObject {
  const envelope = JSON.parse(body) as JsonObject
  fillableFields.forEach((field, bit) => {
    if (filled & (1 << bit)) delete envelope[field]
  })
  return envelope
}

/** What the keys that came with the repeat open of what was stored. */
function disclosuresOf(
  { tenantId, sequence, secrets }: StoredContent,
  keys: readonly Secret[],
): readonly string[] {
  return (parseSealed(secrets) ?? []).flatMap(({ kid, sealed }) => {
    const key = keys.find(one => one.kid === kid)?.key
    return key
      ? openDisclosures(key, disclosureAad(tenantId, sequence, kid), Buffer.from(sealed, 'base64url'))
      : []
  })
}

function withoutDigests(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutDigests)
  const { _sd, kid: _, ...rest } = value
  const members = Object.entries(_sd === undefined ? value : rest)
  return Object.fromEntries(members.map(([name, member]) => [name, withoutDigests(member as JsonValue)]))
}
