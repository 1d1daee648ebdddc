import {
  checkpointText,
  commitBody,
  cosign,
  hideFields,
  leafHash,
  leafNode,
  leafText,
  proveInclusion,
  rootOfInclusion,
  signCheckpoint,
  tlogProofText,
  treeRoot,
  verifierKeyOf,
  verifierKeyText,
  zeroHash,
} from 'keelson/proof'
import type { ProofParts } from '../../api/log-query.ts'
import type { EventItem } from '../../api/types.ts'
import { toBase64Url } from './base64url.ts'

const origin = 'keelson.test/t/acme/main'
const logKey = { name: origin, kind: 'author', seed: new Uint8Array(32).fill(7) } as const
/** A key that is none of the log's. */
export const strangeKey: string = verifierKeyText(
  verifierKeyOf({ ...logKey, seed: new Uint8Array(32).fill(6) }),
)
const witness = { name: 'witness.test', kind: 'witness', seed: new Uint8Array(32).fill(8) } as const
const blind = Uint8Array.from({ length: 32 }, (_, i) => i * 7)

const envelope = {
  eventId: 'evt-2',
  eventType: 'UserInvited',
  occurredAt: '2026-11-20T00:00:00Z',
  payload: { role: 'owner', email: 'ada@example.com' },
  metadata: { user: 'ada' },
}

const policy = (): string => {
  const [log, seer] = [logKey, witness].map(one => verifierKeyText(verifierKeyOf(one)))
  return `log ${log}\nwitness ${witness.name} ${seer}\nquorum ${witness.name}\n`
}

/** An event with two personal fields as the third of a log of five, with all that it is verified with. */
export function sampleProof(): Sample {
  const { body, disclosures } = sampleBody()
  return sampleLog(new Map([[2, body]]))(2, envelope, { disclosures, kids: ['k-1'] })
}

/** The same event after its role was taken out; the fifth entry of the log says so. */
export function sampleRedaction(change: object = {}): Sample {
  const { body, disclosures } = sampleBody()
  const left = JSON.parse(body) as { payload: { role?: string } }
  delete left.payload.role
  const redacted = JSON.stringify(left)
  const other = blind.toReversed()
  const leaf = leafHash(sampleLog(new Map([[2, body]])).leafOf(2))
  const payload = {
    action: 'redaction',
    n: 2,
    leaf,
    body: commitBody(redacted, other),
    paths: ['/payload/role'],
  }
  const record = { eventId: 'evt-4', payload: { ...payload, ...change } }
  const log = sampleLog(
    new Map([
      [2, body],
      [4, JSON.stringify(record)],
    ]),
  )
  const shown = { ...envelope, payload: { email: envelope.payload.email } }
  const { event, parts } = log(2, shown, { disclosures, body: redacted, blind: toBase64Url(other) })
  return { event, parts: { ...parts, redactions: [log(4, record)] } }
}

interface Sample {
  readonly event: EventItem
  readonly parts: ProofParts
}

function sampleBody(): { readonly body: string; readonly disclosures: readonly string[] } {
  const key = new Uint8Array(32).fill(9)
  const fields = ['/payload/email', '/metadata/user'].map(pointer => ({ pointer, kid: 'k-1', key }))
  const hidden = hideFields(envelope, fields, envelope.eventId)
  return { body: JSON.stringify(hidden.body), disclosures: [...hidden.disclosures.values()].flat() }
}

/** A log of five entries with these bodies; what one of them is verified with. */
function sampleLog(bodies: ReadonlyMap<number, string>) {
  const leaves = [0, 1, 2, 3, 4].map(n =>
    leafText({
      body: bodies.has(n) ? commitBody(bodies.get(n) as string, blind) : zeroHash,
      id: `evt-${n}`,
      kind: 'event',
      n,
      prev: zeroHash,
      t: '2026-11-20T00:00:01.000Z',
    }),
  )
  const read = (level: number, index: number): string =>
    level === 0
      ? leafNode(leaves[index] as string)
      : (rootOfInclusion(read(level - 1, 2 * index), 0, 2, [read(level - 1, 2 * index + 1)]) as string)
  const root = treeRoot(read, 5)
  const signed = signCheckpoint({ origin, size: 5, root }, logKey)
  const seen = cosign(checkpointText({ origin, size: 5, root }), 1_790_000_000, witness)
  const checkpoint = { ...signed, signatures: [...signed.signatures, seen] }
  const sample = (n: number, shown: object, more: Partial<ProofParts['sealed']> = {}): Sample => {
    const leaf = leaves[n] as string
    const hashes = { leafHash: leafHash(leaf), previousHash: zeroHash }
    const sealed = {
      ...{ eventId: `evt-${n}`, n, kind: 'event', leaf, ...hashes, blind: toBase64Url(blind) },
      ...{ body: bodies.get(n) as string, disclosures: [], hidden: 0, kids: [], redactions: [] },
      ...more,
    }
    const proof = tlogProofText({
      extra: new TextEncoder().encode(leaf),
      index: n,
      path: proveInclusion(read, n, 5),
      checkpoint,
    })
    const event = { ...shown, position: n + 2, ...hashes } as unknown as EventItem
    return { event, parts: { proof, sealed, policy: policy(), redactions: [] } }
  }
  return Object.assign(sample, { leafOf: (n: number): string => leaves[n] as string })
}
