import type { Envelope, JsonObject } from '../../core/index.ts'
import { blindLength, commitBody, hiddenDigests, leafHash } from '../../proof/index.ts'
import { link, linksOf } from '../append/links.ts'
import type { EventRow, TenantRow } from '../transfer/rows.ts'
import { bodyNumbers } from '../transfer/rows.ts'
import type { FaultName } from './fault.ts'

export type Report = (name: FaultName, problem: string) => void

/** What a leaf says; its form is fixed. */
export interface LeafParts {
  readonly body: string
  readonly kind: string
  readonly id: string
  readonly sequence: number
  readonly previous: string
  readonly time: string
}

const leafForm =
  /^\{"body":"([\w-]{43})","id":"([^"]+)","kind":"([\w.]+)","n":(\d+),"prev":"([\w-]{43})","t":"([^"]+)","v":1\}$/

export function parseLeaf(text: string): LeafParts | undefined {
  const parts = leafForm.exec(text)
  if (!parts) return undefined
  const [, body = '', id = '', kind = '', sequence = '', previous = '', time = ''] = parts
  return { body, id, kind, sequence: Number(sequence), previous, time }
}

/** The leaf by itself: its form, its number and its hash. */
export function checkLeaf(event: EventRow, report: Report): LeafParts | undefined {
  const leaf = parseLeaf(event.leaf)
  if (!leaf) {
    report('leaf-damaged', 'the leaf does not have the form of one')
    return undefined
  }
  if (leaf.sequence !== event.sequence)
    report('leaf-damaged', `the leaf has the number ${leaf.sequence}, its event ${event.sequence}`)
  if (leafHash(event.leaf) !== event.leafHash) report('leaf-damaged', 'the leaf hash is not that of the leaf')
  return leaf
}

/** What a body says of its event. */
export interface CheckedBody {
  readonly envelope: Envelope | undefined
  /** Commitment to it where the leaf has another; undefined where the leaf commits to it. */
  readonly other: string | undefined
}

/** The body against its state, its leaf and its row; undefined where there is none. */
export function checkBody(
  event: EventRow,
  leaf: LeafParts,
  tenant: TenantRow,
  type: string | undefined,
  report: Report,
): CheckedBody | undefined {
  if (event.state !== bodyNumbers.present) {
    if (event.body !== '' || event.blind !== '')
      report('body-left', 'the body is marked as taken out and is still there')
    if (event.state !== bodyNumbers.archived && event.secrets !== '')
      report('body-left', 'what was sealed beside the body is still there')
    return undefined
  }
  if (event.body === '') {
    report('body-missing', 'the body is empty')
    return undefined
  }
  const blind = Buffer.from(event.blind, 'base64url')
  const commitment = blind.length === blindLength ? commitBody(event.body, blind) : ''
  const envelope = parseEnvelope(event.body)
  if (envelope?.eventId !== leaf.id) report('body-foreign', 'the body is another event')
  if (envelope?.tenantId !== tenant.name) report('body-foreign', 'the body belongs to another tenant')
  if (type !== undefined && envelope?.eventType !== type)
    report('body-foreign', 'the body is an event of another type')
  return { envelope, other: commitment === leaf.body ? undefined : commitment }
}

function parseEnvelope(body: string): Envelope | undefined {
  try {
    return (JSON.parse(body) as Envelope | null) ?? undefined
  } catch {
    return undefined
  }
}

/** The links that the body must be found by; undefined where it was stored before its tags were bounded. */
export function expectedLinks(envelope: Envelope): readonly string[] | undefined {
  try {
    const kids = new Set((hiddenDigests(envelope as unknown as JsonObject) ?? []).map(({ kid }) => kid))
    return [...linksOf(envelope), ...[...kids].map(link.subjectKey)]
  } catch {
    return undefined
  }
}
