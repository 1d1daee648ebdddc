import { hash } from 'node:crypto'
import type { JsonObject, RandomFill } from '../../../core/index.ts'
import { canonicalJson } from '../../../core/index.ts'
import { blindLength, commitBody } from '../../../proof/index.ts'
import type { RecordedEvent } from '../../../store/index.ts'
import type { Removal } from '../procedure/removal.ts'
import { redactBody } from './redact-body.ts'

export const redactionCollection = 'redaction'

/** A redaction as it is kept. */
export interface Redaction extends Removal {
  readonly eventId: string
  readonly position: number
  readonly reason: string
  /** JSON Pointers of what is taken out. */
  readonly paths: readonly string[]
  /** What comes in the place of the body, until it is there. */
  readonly draft?: RedactionDraft
}

export interface RedactionDraft {
  /** The record without `approvedBy` and signatures. */
  readonly record: JsonObject
  /** Canonical JSON. */
  readonly body: string
  /** base64url of 32 bytes. */
  readonly blind: string
  /** SHA-256 of the body that it is made from, base64url. */
  readonly base: string
}

export const baseOf = (body: string): string => hash('sha256', body, 'base64url')

/** @throws KeelsonError `request_invalid` where a path leads to nothing that can be redacted. */
export function draftRedaction(
  event: Pick<RecordedEvent, 'sequence' | 'leafHash' | 'body'>,
  pointers: readonly string[],
  { reason, random }: { readonly reason: string; readonly random: RandomFill },
): RedactionDraft {
  const redacted = redactBody(JSON.parse(event.body) as JsonObject, pointers)
  const body = canonicalJson(redacted.body)
  const blind = new Uint8Array(blindLength)
  random(blind)
  const record: JsonObject = {
    action: 'redaction',
    body: commitBody(body, blind),
    // The salt is not kept: nobody can try out what was taken out.
    digests: redacted.removed.map(({ value }) => {
      const salt = new Uint8Array(16)
      random(salt)
      return hash('sha256', Buffer.concat([salt, Buffer.from(canonicalJson(value))]), 'base64url')
    }),
    leaf: event.leafHash,
    n: event.sequence,
    paths: redacted.removed.map(({ pointer }) => pointer),
    reason,
  }
  return { record, body, blind: Buffer.from(blind).toString('base64url'), base: baseOf(event.body) }
}

/** The record of a redaction without its signatures. */
export const redactionRecord = (draft: RedactionDraft, approvedBy: readonly string[]): JsonObject => ({
  ...draft.record,
  approvedBy: [...approvedBy],
})
