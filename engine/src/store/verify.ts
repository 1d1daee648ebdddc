import { commitBody, leafHash, leafText, zeroHash } from '../proof/index.ts'
import type { EventStore } from './port.ts'
import type { RecordedEvent } from './types.ts'

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
  let position = 0
  for await (const event of store.readAll({ tenantId: 'every tenant' }, signal ? { signal } : {})) {
    const fault = (problem: string) => {
      if (faults.length < 100) faults.push({ position: event.position, eventId: event.eventId, problem })
    }
    if (event.position !== position + 1) fault(`position ${event.position} follows ${position}`)
    position = event.position
    const chain = chains.get(event.tenantId) ?? { size: 0, hash: zeroHash, time: '' }
    checkEvent(event, chain, fault)
    chains.set(event.tenantId, { size: event.sequence + 1, hash: event.leafHash, time: event.recordedAt })
    const stream = `${event.tenantId}\n${event.stream}`
    if (event.version !== (streams.get(stream) ?? 0) + 1)
      fault(`version ${event.version} follows ${streams.get(stream) ?? 0}`)
    streams.set(stream, event.version)
  }
  return {
    events: position,
    tenants: chains.size,
    streams: streams.size,
    faults,
    isSound: faults.length === 0,
  }
}

function checkEvent(event: RecordedEvent, chain: Chain, fault: (problem: string) => void): void {
  if (event.sequence !== chain.size) fault(`sequence ${event.sequence} follows ${chain.size - 1}`)
  if (event.previousHash !== chain.hash) fault('the previous hash is not that of the leaf before')
  if (event.recordedAt < chain.time) fault('the time recorded is before that of the leaf before')
  if (leafHash(event.leaf) !== event.leafHash) fault('the leaf hash is not that of the leaf')
  const expected = leafText({
    body: commitBody(event.body, Buffer.from(event.blind, 'base64url')),
    id: event.eventId,
    kind: 'event',
    n: event.sequence,
    prev: event.previousHash,
    t: event.recordedAt,
  })
  if (expected !== event.leaf) fault('the leaf does not commit to the body')
  if (event.envelope.eventId !== event.eventId) fault('the body is another event')
  if (event.envelope.tenantId !== event.tenantId) fault('the body belongs to another tenant')
}
