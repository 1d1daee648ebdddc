import type { Envelope, JsonObject } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import { disclosureDigest, hiddenDigests } from '../../proof/index.ts'
import type { Secret } from '../types.ts'
import { keyLength } from './seal-secrets.ts'

const maxDisclosures = 256
/** How the id of a key can look: nothing that separates it in links or stored text. */
export const kidPattern = /^[\w-]{1,64}$/

/**
 * Checks what is to be sealed beside a body: the form of each secret, and that together they are exactly what the
 * digests of the body ask for. Gives the number of bytes of what all disclosures say, without their base64.
 *
 * @throws KeelsonError `append_invalid`; `sealed_member_reserved` where a digest is not accounted for.
 */
export function checkSecrets(envelope: Envelope, secrets: readonly Secret[]): number {
  const { eventId } = envelope
  const opened = new Set<string>()
  const kids = new Set<string>()
  let count = 0
  let bytes = 0
  for (const { kid, key, disclosures } of secrets) {
    if (typeof kid !== 'string' || !kidPattern.test(kid) || kids.has(kid))
      invalid(eventId, 'names a key twice, or by what is no name of one')
    if (!(key instanceof Uint8Array) || key.length !== keyLength)
      invalid(eventId, `has a key that is not ${keyLength} bytes long`)
    if (
      !Array.isArray(disclosures) ||
      disclosures.length === 0 ||
      disclosures.some(one => typeof one !== 'string')
    )
      invalid(eventId, 'has a key without a list of disclosures')
    kids.add(kid)
    count += disclosures.length
    if (count > maxDisclosures) invalid(eventId, `has more than ${maxDisclosures} of them`)
    for (const disclosure of disclosures as readonly string[]) {
      bytes += Math.ceil((disclosure.length * 3) / 4)
      opened.add(`${kid} ${disclosureDigest(disclosure)}`)
    }
  }
  const digests = hiddenDigests(envelope as unknown as JsonObject)
  const isWhole =
    digests !== undefined &&
    opened.size === count &&
    digests.length === count &&
    new Set(digests.map(({ kid, digest }) => `${kid} ${digest}`)).size === count &&
    digests.every(({ kid, digest }) => opened.has(`${kid} ${digest}`))
  if (isWhole) return bytes
  throw new KeelsonError(
    'sealed_member_reserved',
    `The event ${eventId} has a member "_sd" that Keelson has not made: give it another name`,
  )
}

function invalid(eventId: string, what: string): never {
  throw new KeelsonError('append_invalid', `What is to be sealed of the event ${eventId} ${what}`)
}
