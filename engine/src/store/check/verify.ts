import type { Envelope } from '../../core/index.ts'
import { blindLength, commitBody, leafHash, leafText, zeroHash } from '../../proof/index.ts'
import type { EventStore } from '../port.ts'
import type { RecordedEvent } from '../types.ts'
import { ReplacedBodies } from './replaced-bodies.ts'

export interface LogFault {
  readonly position: number
  readonly eventId: string
  readonly problem: string
}

export interface LogReport {
  readonly events: number
  readonly tenants: number
  readonly streams: number
  /** At most 100; `isSound` is false when there is any. */
  readonly faults: readonly LogFault[]
  readonly isSound: boolean
}

export interface VerifyOptions {
  /**
   * Whether a body that the leaf does not commit to is known to be a redacted one, by its commitment. Default: where a
   * later leaf of the log records the redaction.
   */
  readonly isRedacted?: (event: RecordedEvent, commitment: string) => boolean | Promise<boolean>
}

interface Chain {
  position: number
  size: number
  hash: string
  time: string
}

/**
 * Reads a whole store and checks what every append promises: contiguous positions, dense sequences and versions,
 * leaves that chain, commitments that hold, bodies that are the event of their leaf.
 */
export async function verifyLog(
  store: EventStore,
  signal?: AbortSignal,
  { isRedacted = () => false }: VerifyOptions = {},
): Promise<LogReport> {
  const chains = new Map<string, Chain>()
  const streams = new Map<string, number>()
  const faults: LogFault[] = []
  let events = 0
  for (let shard = 0; shard < store.capabilities.shards; shard += 1) {
    let position = 0
    const replaced = new ReplacedBodies()
    const options = { removed: 'include', ...(signal ? { signal } : {}) } as const
    for await (const event of store.readAll({ tenantId: 'every tenant', shard }, options)) {
      const fault = (problem: string) => {
        if (faults.length < 100) faults.push({ position: event.position, eventId: event.eventId, problem })
      }
      events += 1
      if (event.position !== position + 1) fault(`position ${event.position} follows ${position}`)
      position = event.position
      // A deleted tenant is named by its number, which each shard counts for itself.
      const log = isDeleted(event.tenantId) ? `${event.tenantId}\n${shard}` : event.tenantId
      const chain = chains.get(log) ?? { position: 0, size: 0, hash: zeroHash, time: '' }
      checkEvent(event, chain, fault)
      const other = otherBody(event)
      if (other !== undefined && !(await isRedacted(event, other)))
        replaced.add(log, event.sequence, { commitment: other, leafHash: event.leafHash }, () =>
          fault('the leaf does not commit to the body'),
        )
      if (event.kind === 'redaction' && event.bodyState === 'present' && other === undefined)
        replaced.record(log, parseEnvelope(event)?.payload)
      chains.set(log, {
        position,
        size: event.sequence + 1,
        hash: event.leafHash,
        time: event.recordedAt,
      })
      const stream = `${log}\n${event.stream}`
      if (event.version !== (streams.get(stream) ?? 0) + 1)
        fault(`version ${event.version} follows ${streams.get(stream) ?? 0}`)
      streams.set(stream, event.version)
    }
    replaced.finish()
  }
  for (const [tenantId, { position: newest }] of chains) {
    if (isDeleted(tenantId)) continue
    const head = await store.head({ tenantId })
    // A head that was moved on while this was reading has its event; one whose event was cut off has none.
    const [event] = head > newest ? await store.readPositions(tenantId, [head]) : [undefined]
    if (head > newest && !event && faults.length < 100)
      faults.push({
        position: head,
        eventId: '',
        problem: `the log of ${tenantId} ends at ${newest}, before its head`,
      })
  }
  return {
    events,
    tenants: chains.size,
    streams: streams.size,
    faults,
    isSound: faults.length === 0,
  }
}

function checkEvent(event: RecordedEvent, chain: Chain, fault: (problem: string) => void): void {
  if (event.sequence !== chain.size) fault(`sequence ${event.sequence} follows ${chain.size - 1}`)
  if (isDeleted(event.tenantId)) return
  if (event.previousHash !== chain.hash) fault('the previous hash is not that of the leaf before')
  if (event.recordedAt < chain.time) fault('the time recorded is before that of the leaf before')
  if (leafHash(event.leaf) !== event.leafHash) fault('the leaf hash is not that of the leaf')
  if (event.bodyState !== 'present') return
  const envelope = parseEnvelope(event)
  if (envelope?.eventId !== event.eventId) fault('the body is another event')
  if (envelope?.tenantId !== event.tenantId) fault('the body belongs to another tenant')
  if (envelope?.eventType !== event.eventType) fault('the body is an event of another type')
}

/** Of a deleted tenant's events only the skeletons are left. */
const isDeleted = (tenantId: string): boolean => tenantId.startsWith('deleted:')

/** Commitment to a body that is there and is not the one that the event's leaf commits to. */
function otherBody(event: RecordedEvent): string | undefined {
  if (event.bodyState !== 'present' || isDeleted(event.tenantId)) return undefined
  const blind = Buffer.from(event.blind, 'base64url')
  if (blind.length !== blindLength) return ''
  const body = commitBody(event.body, blind)
  const { eventId: id, kind, sequence: n, previousHash: prev, recordedAt: t } = event
  return leafText({ body, id, kind, n, prev, t }) === event.leaf ? undefined : body
}

/** The envelope in the body; undefined where the body is no JSON any more. */
function parseEnvelope(event: RecordedEvent): Partial<Envelope> | undefined {
  try {
    return event.envelope ?? undefined
  } catch {
    return undefined
  }
}
