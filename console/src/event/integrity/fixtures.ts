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

/** An event with two personal fields as the third of a log of five, with all that it is verified with. */
export function sampleProof(): { readonly event: EventItem; readonly parts: ProofParts } {
  const key = new Uint8Array(32).fill(9)
  const fields = ['/payload/email', '/metadata/user'].map(pointer => ({ pointer, kid: 'k-1', key }))
  const hidden = hideFields(envelope, fields, envelope.eventId)
  const body = JSON.stringify(hidden.body)
  const leaves = [0, 1, 2, 3, 4].map(n =>
    leafText({
      body: n === 2 ? commitBody(body, blind) : zeroHash,
      id: `evt-${n}`,
      kind: 'event',
      n,
      prev: zeroHash,
      t: '2026-11-20T00:00:01.000Z',
    }),
  )
  const leaf = leaves[2] as string
  const read = (level: number, index: number): string =>
    level === 0
      ? leafNode(leaves[index] as string)
      : (rootOfInclusion(read(level - 1, 2 * index), 0, 2, [read(level - 1, 2 * index + 1)]) as string)
  const root = treeRoot(read, 5)
  const signed = signCheckpoint({ origin, size: 5, root }, logKey)
  const seen = cosign(checkpointText({ origin, size: 5, root }), 1_790_000_000, witness)
  const checkpoint = { ...signed, signatures: [...signed.signatures, seen] }
  const proof = tlogProofText({
    extra: new TextEncoder().encode(leaf),
    index: 2,
    path: proveInclusion(read, 2, 5),
    checkpoint,
  })
  const [log, seer] = [logKey, witness].map(one => verifierKeyText(verifierKeyOf(one)))
  const hash = leafHash(leaf)
  return {
    event: { ...envelope, position: 4, leafHash: hash, previousHash: zeroHash } as unknown as EventItem,
    parts: {
      proof,
      sealed: {
        eventId: 'evt-2',
        n: 2,
        kind: 'event',
        leaf,
        leafHash: hash,
        previousHash: zeroHash,
        body,
        blind: toBase64Url(blind),
        disclosures: [...hidden.disclosures.values()].flat(),
        hidden: 0,
        kids: ['k-1'],
      },
      policy: `log ${log}\nwitness ${witness.name} ${seer}\nquorum ${witness.name}\n`,
    },
  }
}
