import type { Envelope } from '../../core/index.ts'
import { blindLength, commitBody, leafHash, leafText, zeroHash } from '../../proof/index.ts'
import type { EventStore } from '../port.ts'
import type { RecordedEvent } from '../types.ts'

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
export async function verifyLog(store: EventStore, signal?: AbortSignal): Promise<LogReport> {
  const chains = new Map<string, Chain>()
  const streams = new Map<string, number>()
  const faults: LogFault[] = []
  let events = 0
  for (let shard = 0; shard < store.capabilities.shards; shard += 1) {
    let position = 0
    const options = { removed: 'include', ...(signal ? { signal } : {}) } as const
    for await (const event of store.readAll({ tenantId: 'every tenant', shard }, options)) {
      const fault = (problem: string) => {
        if (faults.length < 100) faults.push({ position: event.position, eventId: event.eventId, problem })
      }
      events += 1
      if (event.position !== position + 1) fault(`position ${event.position} follows ${position}`)
      position = event.position
      const chain = chains.get(event.tenantId) ?? { position: 0, size: 0, hash: zeroHash, time: '' }
      checkEvent(event, chain, fault)
      chains.set(event.tenantId, {
        position,
        size: event.sequence + 1,
        hash: event.leafHash,
        time: event.recordedAt,
      })
      const stream = `${event.tenantId}\n${event.stream}`
      if (event.version !== (streams.get(stream) ?? 0) + 1)
        fault(`version ${event.version} follows ${streams.get(stream) ?? 0}`)
      streams.set(stream, event.version)
    }
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
  if (expectedLeaf(event) !== event.leaf) fault('the leaf does not commit to the body')
  const envelope = parseEnvelope(event)
  if (envelope?.eventId !== event.eventId) fault('the body is another event')
  if (envelope?.tenantId !== event.tenantId) fault('the body belongs to another tenant')
  if (envelope?.eventType !== event.eventType) fault('the body is an event of another type')
}

/** Of a deleted tenant's events only the skeletons are left. */
const isDeleted = (tenantId: string): boolean => tenantId.startsWith('deleted:')

/** The leaf that the event's columns make; undefined where the blind is none. */
function expectedLeaf(event: RecordedEvent): string | undefined {
  const blind = Buffer.from(event.blind, 'base64url')
  if (blind.length !== blindLength) return undefined
  return leafText({
    body: commitBody(event.body, blind),
    id: event.eventId,
    kind: 'event',
    n: event.sequence,
    prev: event.previousHash,
    t: event.recordedAt,
  })
}

/** The envelope in the body; undefined where the body is no JSON any more. */
function parseEnvelope(event: RecordedEvent): Partial<Envelope> | undefined {
  try {
    return event.envelope ?? undefined
  } catch {
    return undefined
  }
}
