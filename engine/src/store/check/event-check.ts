import type { Envelope } from '../../core/index.ts'
import { blindLength, commitBody, leafHash } from '../../proof/index.ts'
import { linksOf } from '../append/links.ts'
import type { EventRow, TenantRow } from '../transfer/rows.ts'
import { bodyNumbers } from '../transfer/rows.ts'
import type { FaultName } from './fault.ts'

export type Report = (name: FaultName, problem: string) => void

/** What a leaf says; its form is fixed. */
export interface LeafParts {
  readonly body: string
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
  const [, body = '', id = '', , sequence = '', previous = '', time = ''] = parts
  return { body, id, sequence: Number(sequence), previous, time }
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

/** The body against its state, its leaf and its row; gives the links that it must be found by. */
export function checkBody(
  event: EventRow,
  leaf: LeafParts,
  tenant: TenantRow,
  type: string | undefined,
  report: Report,
): readonly string[] | undefined {
  if (event.state !== bodyNumbers.present) {
    if (event.body !== '' || event.blind !== '')
      report('body-left', 'the body is marked as taken out and is still there')
    return undefined
  }
  if (event.body === '') {
    report('body-missing', 'the body is empty')
    return undefined
  }
  const blind = Buffer.from(event.blind, 'base64url')
  if (blind.length !== blindLength || commitBody(event.body, blind) !== leaf.body)
    report('body-damaged', 'the leaf does not commit to the body')
  const envelope = parseEnvelope(event.body)
  if (envelope?.eventId !== leaf.id) report('body-foreign', 'the body is another event')
  if (envelope?.tenantId !== tenant.name) report('body-foreign', 'the body belongs to another tenant')
  if (type !== undefined && envelope?.eventType !== type)
    report('body-foreign', 'the body is an event of another type')
  return envelope && expectedLinks(envelope)
}

function parseEnvelope(body: string): Envelope | undefined {
  try {
    return (JSON.parse(body) as Envelope | null) ?? undefined
  } catch {
    return undefined
  }
}

/** Undefined where the event was stored before its tags were bounded. */
function expectedLinks(envelope: Envelope): readonly string[] | undefined {
  try {
    return linksOf(envelope)
  } catch {
    return undefined
  }
}
