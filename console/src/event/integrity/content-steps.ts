import type { Leaf, TlogProof } from 'keelson/proof'
import {
  blindLength,
  commitBody,
  disclosureDigest,
  hiddenDigests,
  leafHash,
  leafText,
  openBody,
  parseDisclosure,
} from 'keelson/proof'
import type { SealedEventView } from '../../api/log-types.ts'
import type { EventItem, JsonValue } from '../../api/types.ts'
import type { Attempt } from './attempt.ts'
import { fromBase64Url } from './base64url.ts'
import { contentFaults } from './compare.ts'
import type { Redaction } from './redaction.ts'
import type { Fact, Step } from './step.ts'
import { fact, same, skipped, stepOf } from './step.ts'

type JsonObject = Parameters<typeof openBody>[0]

export function leafStep(event: EventItem, sealed: SealedEventView, proof: Attempt<TlogProof>): Step {
  const hash = leafHash(sealed.leaf)
  const leaf = parseObject(sealed.leaf)
  const facts = [
    fact('SHA-256(0x00 ‖ leaf)', hash),
    fact('Recorded leaf hash', event.leafHash),
    fact('Index and time in the leaf', `${String(leaf?.['n'])}, ${String(leaf?.['t'])}`),
  ]
  if (leaf === undefined) return stepOf('leaf', facts, ['The leaf is not a JSON object'])
  const isCanonical = leafText(leaf as unknown as Leaf) === sealed.leaf
  return stepOf('leaf', facts, [
    ...(isCanonical ? [] : ['The leaf is not written in the one way that a leaf is written in']),
    ...same('The hash of the leaf', hash, event.leafHash),
    ...same('The event of the leaf', leaf['id'], event.eventId),
    ...same('The previous hash in the leaf', leaf['prev'], event.previousHash),
    ...proofFaults(sealed.leaf, leaf['n'], proof),
  ])
}

/** The proof has to be about this very leaf. */
function proofFaults(text: string, n: unknown, proof: Attempt<TlogProof>): readonly string[] {
  if ('fault' in proof) return []
  const { extra, index } = proof.value
  const isOther = extra !== undefined && new TextDecoder().decode(extra) !== text
  return [
    ...(isOther ? ['The proof brings another leaf along'] : []),
    ...(n === index ? [] : [`The leaf says that it is number ${String(n)}, the proof that it is ${index}`]),
  ]
}

/** A body that something was taken out of stands on the records that say so, the newest of which commits to it. */
export function bodyStep(sealed: SealedEventView, isLeaf: boolean, redactions: readonly Redaction[]): Step {
  const { leaf, body, blind } = sealed
  if (body === null || blind === null)
    return skipped('body', 'The content of this event was removed. A later record in the log says why.')
  if (!isLeaf) return skipped('body', 'Not looked at: the leaf is not the one of this event.')
  const blindBytes = fromBase64Url(blind)
  const expected = String(parseObject(leaf)?.['body'])
  if (blindBytes?.length !== blindLength)
    return stepOf('body', [fact('Blind', blind)], [`The blind has not ${blindLength} bytes`])
  const found = commitBody(body, blindBytes)
  const facts = [
    fact('SHA-256("keelson/v1 body\\n" ‖ blind ‖ body)', found),
    fact('Commitment in the leaf', expected),
    fact('Length of the body', `${new TextEncoder().encode(body).length} bytes`),
  ]
  if (found === expected || redactions.length === 0)
    return stepOf('body', facts, same('The commitment of the body', found, expected))
  return redactedStep(facts, found, redactions)
}

function redactedStep(facts: readonly Fact[], found: string, redactions: readonly Redaction[]): Step {
  const records = redactions.flatMap(({ n, body, paths }) => [
    fact(`Commitment in record ${n}`, body),
    fact(`Taken out, says record ${n}`, paths.join(', ')),
  ])
  const faults = [
    ...redactions.flatMap(redaction => redaction.faults),
    ...same('The commitment of the body', found, redactions.at(-1)?.body),
  ]
  const step = stepOf('body', [...facts, ...records], faults)
  if (faults.length > 0) return step
  const what = redactions.length === 1 ? 'A record of the log, which was' : 'Records of the log, which were'
  return {
    ...step,
    notes: [`${what} verified as this event is, took fields out and commits to what is left.`],
  }
}

/** What the disclosures open, where each of them belongs to the body. */
export function disclosureStep(
  { body, disclosures }: SealedEventView,
  isBody: boolean,
): { readonly step: Step; readonly opened: JsonObject | undefined } {
  const id = 'disclosures'
  const parsed = body === null ? undefined : parseObject(body)
  if (!isBody || parsed === undefined)
    return { step: skipped(id, 'Not looked at: there is no body that they could be of.'), opened: undefined }
  const digests = hiddenDigests(parsed)
  if (digests === undefined)
    return { step: stepOf(id, [], ['The digests of the body are damaged']), opened: undefined }
  const known = new Set(digests.map(({ digest }) => digest))
  const strange = disclosures.filter(text => !known.has(disclosureDigest(text)))
  const facts = disclosures.map((text): Fact => {
    const disclosed = parseDisclosure(text)
    return fact(`Digest of ${disclosed?.name ?? 'a field that cannot be read'}`, disclosureDigest(text))
  })
  const hidden = digests.length - (disclosures.length - strange.length)
  const closed = hidden > 0 ? [fact('Digests that stay closed', closedText(hidden))] : []
  if (strange.length > 0) {
    const faults = strange.map(text => `The body has no digest ${disclosureDigest(text)}`)
    return { step: stepOf(id, [...facts, ...closed], faults), opened: undefined }
  }
  const opened = openBody(parsed, disclosures).envelope
  if (digests.length === 0) return { step: skipped(id, 'This event hides no personal field.'), opened }
  if (disclosures.length === 0)
    return { step: skipped(id, 'No personal field was disclosed to this key.', closed), opened }
  return { step: stepOf(id, [...facts, ...closed], []), opened }
}

const closedText = (hidden: number): string =>
  `${hidden}: what they stand for was erased, or this key does not see it`

export function contentStep(event: EventItem, opened: JsonObject | undefined): Step {
  if (opened === undefined)
    return skipped('content', 'Not looked at: there is no verified body to compare it with.')
  const { covered, outside, faults } = contentFaults(event, opened as Readonly<Record<string, JsonValue>>)
  const facts = [
    fact('Fields compared', covered.join(', ')),
    fact('Not part of the body', outside.join(', ')),
  ]
  return stepOf('content', facts, faults)
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}
