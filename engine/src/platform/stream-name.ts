import { hash } from 'node:crypto'
import type { Envelope } from '../core/index.ts'

const maxLength = 512

/**
 * The stream that an event belongs to: one for each aggregate, or one for all events of a type that has none. A name
 * that would be too long ends in a digest of the whole.
 */
export function streamName(envelope: Envelope): string {
  const { aggregateType, aggregateId, eventType } = envelope
  const name = aggregateId === undefined ? eventType : `${aggregateType ?? eventType}-${aggregateId}`
  if (name.length <= maxLength) return name
  return `${name.slice(0, maxLength - 65).toWellFormed()}~${hash('sha256', name)}`
}
