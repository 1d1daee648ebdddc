import type { Envelope } from '../../core/index.ts'
import { canonicalJson, isJsonObject, KeelsonError, parseJson } from '../../core/index.ts'
import { blindLength } from '../../proof/index.ts'
import { checkTenant } from '../names.ts'
import type { RedactionChange } from '../types.ts'
import { linksOf } from './links.ts'

/** A redaction that is well formed. */
export interface PreparedRedaction extends RedactionChange {
  /** Of the body; the event that it replaces must have it. */
  readonly eventId: string
  /** What the redacted body is found by, without subjects' keys. */
  readonly links: readonly string[]
}

/** @throws KeelsonError `append_invalid`, `event_too_large`, `tenant_mismatch`. */
export function prepareRedaction(change: RedactionChange, maxEventBytes: number): PreparedRedaction {
  const { tenantId, position, body, blind, before } = change
  checkTenant(tenantId)
  if (!Number.isSafeInteger(position) || position < 1)
    invalid(`at "${String(position)}", which is no position`)
  if (typeof body !== 'string' || Buffer.byteLength(body) > maxEventBytes)
    throw new KeelsonError('event_too_large', `A redacted body has at most ${maxEventBytes} bytes`)
  if (Buffer.from(blind, 'base64url').length !== blindLength)
    invalid(`with a blind that is not ${blindLength} bytes long`)
  const envelope = parseJson(body)
  if (!isJsonObject(envelope) || canonicalJson(envelope) !== body)
    invalid('by a body that is no canonical JSON object')
  if (envelope['tenantId'] !== tenantId)
    throw new KeelsonError(
      'tenant_mismatch',
      `The redacted body belongs to another tenant than "${tenantId}"`,
    )
  const { eventId } = envelope
  if (typeof eventId !== 'string') invalid('by a body without an event id')
  if (before !== undefined && !isBodyOf(before, eventId)) invalid('and gives the body of another one')
  const links = linksOf(envelope as unknown as Envelope)
  return { tenantId, position, body, blind, eventId, links, ...(before !== undefined && { before }) }
}

function isBodyOf(body: string, eventId: string): boolean {
  const envelope = typeof body === 'string' ? parseJson(body) : undefined
  return envelope !== undefined && isJsonObject(envelope) && envelope['eventId'] === eventId
}

/**
 * Links of the body that was there, by which the redacted one must not be found; `stored` is empty where that one is
 * archived.
 */
export function staleLinks(
  stored: string,
  { links, before = '{}' }: Pick<PreparedRedaction, 'links' | 'before'>,
): readonly string[] {
  return linksOf(JSON.parse(stored === '' ? before : stored) as Envelope).filter(one => !links.includes(one))
}

export function notRedacted({ eventId, position }: PreparedRedaction): KeelsonError {
  return new KeelsonError(
    'append_invalid',
    `The content of event ${eventId} is not at position ${position}, so that it cannot be redacted`,
    { eventId, position },
  )
}

function invalid(what: string): never {
  throw new KeelsonError('append_invalid', `The unit of work redacts an event ${what}`)
}
