import { hash } from 'node:crypto'
import type { Envelope, JsonObject } from '../core/index.ts'
import { disclosureAad, hideFields, openDisclosures } from '../proof/index.ts'
import type { LogEvent, RecordedEvent } from '../store/index.ts'
import { sampleEvent } from './sample-event.ts'

/** The data key that cases use under an id: the same each time, as a key ring gives it. */
export const keyOf = (kid: string): Uint8Array => Uint8Array.from(hash('sha256', kid, 'buffer'))

/**
 * A complete event of a tenant, of which members of the payload are hidden: `fields` names a key for each. Further
 * members of the envelope are given in `overrides`.
 */
export function sealedEvent(
  tenantId: string,
  payload: JsonObject,
  fields: Readonly<Record<string, string>>,
  overrides: JsonObject = {},
): LogEvent {
  const event = sampleEvent(tenantId, { ...overrides, payload })
  const hidden = hideFields(
    event.envelope as unknown as JsonObject,
    Object.entries(fields).map(([name, kid]) => ({ pointer: `/payload/${name}`, kid, key: keyOf(kid) })),
    event.envelope.eventId,
  )
  const secrets = [...hidden.disclosures].map(([kid, disclosures]) => ({ kid, key: keyOf(kid), disclosures }))
  return { ...event, envelope: hidden.body as unknown as Envelope, secrets }
}

/** What was sealed beside an event, by the id of the key: names and values. */
export function openSecrets({ tenantId, sequence, secrets }: RecordedEvent): Record<string, unknown[][]> {
  const opened: Record<string, unknown[][]> = {}
  for (const part of secrets === '' ? [] : secrets.split(' ')) {
    const [kid = '', sealed = ''] = part.split(':')
    const aad = disclosureAad(tenantId, sequence, kid)
    opened[kid] = openDisclosures(keyOf(kid), aad, Buffer.from(sealed, 'base64url')).map(text =>
      (JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]).slice(1),
    )
  }
  return opened
}
