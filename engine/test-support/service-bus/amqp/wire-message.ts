import type { Message } from 'rhea'
import rhea from 'rhea'
import type { HeldMessage } from '../queue/held-message.ts'

/** What a batch is sent as: its data sections are messages. */
export const batchFormat = 0x80013700

const states = { active: 0, deferred: 1, scheduled: 2 } as const

/** The messages of a transfer, one or a batch of them. */
export function decodeTransfer(payload: Buffer | Message, format: number): readonly Message[] {
  const whole = Buffer.isBuffer(payload) ? decode(payload) : payload
  if (format !== batchFormat) return [whole]
  const content: unknown = whole.body?.content
  const parts = Array.isArray(content) ? content : [content]
  return parts.flatMap(part => (Buffer.isBuffer(part) ? [decode(part)] : []))
}

// The decoder gives the fields of a message as its own type, which has them under any name.
export const decode = (bytes: Buffer): Message => ({ body: undefined, ...rhea.message.decode(bytes) })

/** A message as a receiver gets it. */
export function encodeHeld(held: HeldMessage): Buffer {
  const { message, sequence, enqueuedAt, lock, state } = held
  const annotations = {
    ...message.message_annotations,
    'x-opt-sequence-number': rhea.types.wrap_long(sequence),
    'x-opt-enqueue-sequence-number': rhea.types.wrap_long(sequence),
    'x-opt-enqueued-time': rhea.types.wrap_timestamp(enqueuedAt),
    'x-opt-message-state': rhea.types.wrap_int(states[state]),
    ...(lock === undefined ? {} : { 'x-opt-locked-until': rhea.types.wrap_timestamp(lock.until) }),
  }
  return rhea.message.encode({
    ...message,
    message_annotations: annotations,
    delivery_count: held.deliveryCount,
  })
}

/** .NET ticks: 100 nanoseconds since the year 1. */
export function toTicks(milliseconds: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(Math.floor(milliseconds)) * 10_000n + 621_355_968_000_000_000n)
  return bytes
}
