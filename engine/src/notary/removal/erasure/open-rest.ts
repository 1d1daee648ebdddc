import type { JsonObject } from '../../../core/index.ts'
import { disclosureAad, openBody, openDisclosures } from '../../../proof/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import type { RemovalKeys } from '../port.ts'
import { sealedTexts } from '../sealed-text.ts'

/** The envelope of a present event with all that keys other than these open; what is to go stays a digest. */
export async function openRest(
  ring: RemovalKeys,
  event: Pick<RecordedEvent, 'tenantId' | 'sequence' | 'secrets' | 'body'>,
  without: readonly string[] = [],
): Promise<JsonObject> {
  const sealed = sealedTexts(event.secrets).filter(({ kid }) => !without.includes(kid))
  const keys = await ring.keysOf(
    event.tenantId,
    sealed.map(({ kid }) => kid),
  )
  const disclosures = sealed.flatMap(({ kid, bytes }) => {
    const key = keys.get(kid)
    return key === undefined
      ? []
      : openDisclosures(key, disclosureAad(event.tenantId, event.sequence, kid), bytes)
  })
  return openBody(JSON.parse(event.body) as JsonObject, disclosures).envelope
}
