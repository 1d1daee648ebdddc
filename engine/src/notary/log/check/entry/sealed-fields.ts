import type { JsonObject } from '../../../../core/index.ts'
import { parseJson } from '../../../../core/index.ts'
import { disclosureAad, disclosureDigest, hiddenDigests, openDisclosures } from '../../../../proof/index.ts'
import type { RecordedEvent } from '../../../../store/index.ts'

/** Opens data keys, by their ids; those that are not there are left out. */
export interface FieldKeys {
  keysOf(tenantId: string, kids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
}

/** What was found of the sealed fields of an event. */
export interface SealedFields {
  /** What is wrong, in words without content. */
  readonly faults: readonly string[]
  /** Ids of the keys of fields that nothing has opened. */
  readonly closed: ReadonlySet<string>
}

const none: SealedFields = { faults: [], closed: new Set() }

/** The keys that are there of all that is sealed beside the bodies of events. */
export async function fieldKeys(
  keys: FieldKeys,
  tenantId: string,
  events: readonly RecordedEvent[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const kids = new Set(events.flatMap(event => partsOf(event).map(([kid]) => kid)))
  return kids.size === 0 ? new Map() : keys.keysOf(tenantId, [...kids])
}

/**
 * Opens what is sealed beside a body, and holds each value to the digests that stand in it.
 *
 * @throws where the body is no JSON.
 */
export function openFields(event: RecordedEvent, keys: ReadonlyMap<string, Uint8Array>): SealedFields {
  if (!event.body.includes('"_sd"')) return none
  const digests = hiddenDigests(parseJson(event.body) as JsonObject)
  if (digests === undefined)
    return { ...none, faults: ['Its sealed fields are not written as they should be'] }
  const closed = new Map(digests.map(({ digest, kid }) => [digest, kid]))
  const faults: string[] = []
  for (const [kid, sealed] of partsOf(event)) {
    const key = keys.get(kid)
    if (!key) continue
    try {
      const aad = disclosureAad(event.tenantId, event.sequence, kid)
      for (const disclosure of openDisclosures(key, aad, Buffer.from(sealed, 'base64url')))
        if (!closed.delete(disclosureDigest(disclosure)))
          faults.push('A sealed field is another one than the log commits to')
    } catch {
      faults.push('A sealed field of it cannot be opened with its key')
    }
  }
  return { faults, closed: new Set(closed.values()) }
}

/** What each key has sealed of an event. */
export const partsOf = ({ secrets }: RecordedEvent): readonly (readonly [kid: string, sealed: string])[] =>
  secrets === ''
    ? []
    : secrets.split(' ').map(secret => {
        const colon = secret.indexOf(':')
        return [secret.slice(0, colon), secret.slice(colon + 1)]
      })
