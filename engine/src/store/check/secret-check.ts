import { link } from '../append/links.ts'
import { parseSealed } from '../append/sealed-text.ts'
import type { EventRow, LinkRow } from '../transfer/rows.ts'
import type { Report } from './event-check.ts'

/** Bytes of the shortest thing that is sealed: an initial value, an empty list and a tag. */
const minSealedBytes = 12 + 2 + 16

/**
 * What is sealed beside a body, as far as can be told without its keys: that it has the form in which it was stored,
 * and that the event is found by each key.
 */
export function checkSecrets({ tenant, secrets }: EventRow, links: readonly LinkRow[], report: Report): void {
  if (secrets === '') return
  const parts = parseSealed(secrets)
  if (!parts || new Set(parts.map(({ kid }) => kid)).size < parts.length) {
    report('secret-damaged', 'what is sealed beside the body does not have its form')
    return
  }
  for (const { kid, sealed } of parts) {
    if (Buffer.from(sealed, 'base64url').length < minSealedBytes)
      report('secret-damaged', `what the key ${kid} sealed is cut off`)
    if (!links.some(row => row.tenant === tenant && row.link === link.subjectKey(kid)))
      report('secret-damaged', `the event is not found by the key ${kid} that sealed something in it`)
  }
}
