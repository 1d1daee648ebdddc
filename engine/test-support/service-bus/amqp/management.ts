import type { Message } from 'rhea'
import rhea from 'rhea'
import { BrokerFault } from '../fault.ts'
import type { Namespace } from '../namespace.ts'
import type { MessageQueue } from '../queue/message-queue.ts'
import type { Outcome } from '../queue/outcome.ts'
import { toBytes, toToken } from './lock-token.ts'
import { manageRule } from './management-rules.ts'
import { propertiesOf, textOf } from './outcome-state.ts'
import type { Answer } from './request.ts'
import { decode, encodeHeld } from './wire-message.ts'

const { types } = rhea

/** Who holds what was taken over the management link. */
const manager = {}

/** The operations of `<entity>/$management`. */
export function manage(namespace: Namespace, path: string, operation: string, request: Message): Answer {
  const body = propertiesOf(request.body)
  const name = operation.replace(/^com\.microsoft:/, '')
  switch (name) {
    case 'schedule-message':
      return scheduleMessages(namespace, path, listOf(body['messages']))
    case 'cancel-scheduled-message':
      for (const sequence of numbersOf(body['sequence-numbers']))
        namespace.address(path).schedule.cancel(sequence)
      return {}
    case 'add-rule':
    case 'remove-rule':
    case 'enumerate-rules':
      return manageRule(namespace.subscription(path), name, body)
    default:
      return onQueue(namespace.queue(path), name, body)
  }
}

function onQueue(queue: MessageQueue, operation: string, body: Readonly<Record<string, unknown>>): Answer {
  const session = textOf(body['session-id'])
  switch (operation) {
    case 'peek-message': {
      const found = queue.peek(
        numberOf(body['from-sequence-number']),
        numberOf(body['message-count']),
        session,
      )
      const messages = found.map(held => ({ message: encodeHeld(held) }))
      return messages.length === 0 ? { status: 204 } : { body: { messages } }
    }
    case 'renew-lock': {
      const ends = tokensOf(body['lock-tokens']).map(token => queue.renew(token))
      return { body: { expirations: types.wrap_array(ends, 0x83, undefined) } }
    }
    case 'renew-session-lock':
      return { body: { expiration: types.wrap_timestamp(queue.renewSession(session ?? '')) } }
    case 'set-session-state': {
      const state = body['session-state']
      queue.sessions.get(session ?? '').state = Buffer.isBuffer(state) ? state : undefined
      return {}
    }
    case 'get-session-state':
      return { body: { 'session-state': queue.sessions.get(session ?? '').state ?? null } }
    case 'get-message-sessions':
      return { body: { 'sessions-ids': queue.sessions.ids.map(id => types.wrap_string(id)) } }
    case 'receive-by-sequence-number': {
      const taken = numbersOf(body['sequence-numbers']).map(sequence => queue.takeDeferred(sequence, manager))
      const messages = taken.map(held => ({
        'lock-token': types.wrap_uuid(toBytes(held.lock?.token ?? '')),
        message: encodeHeld(held),
      }))
      return { body: { messages } }
    }
    case 'update-disposition':
      for (const token of tokensOf(body['lock-tokens'])) queue.settle(token, dispositionOf(body))
      return {}
    default:
      throw new BrokerFault('amqp:not-implemented', `The operation '${operation}' is not modelled.`)
  }
}

function scheduleMessages(namespace: Namespace, path: string, items: readonly unknown[]): Answer {
  const numbers = items.flatMap(item => {
    const { message } = propertiesOf(item)
    return Buffer.isBuffer(message) ? [namespace.address(path).scheduleAt(decode(message))] : []
  })
  namespace.schedule()
  return { body: { 'sequence-numbers': types.wrap_array(numbers, 0x81, undefined) } }
}

function dispositionOf(body: Readonly<Record<string, unknown>>): Outcome {
  const properties = propertiesOf(body['properties-to-modify'])
  switch (body['disposition-status']) {
    case 'completed':
      return { kind: 'complete' }
    case 'abandoned':
      return { kind: 'abandon', properties }
    // The protocol spells it so.
    case 'defered':
      return { kind: 'defer', properties }
    default: {
      const reason = textOf(body['deadletter-reason'])
      return { kind: 'deadLetter', reason, description: textOf(body['deadletter-description']), properties }
    }
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const tokensOf = (value: unknown): readonly string[] =>
  listOf(value).flatMap(bytes => (Buffer.isBuffer(bytes) ? [toToken(bytes)] : []))

const numbersOf = (value: unknown): readonly number[] => listOf(value).map(numberOf)

/** Numbers come as such, or as eight bytes where they are large. */
const numberOf = (value: unknown): number =>
  Buffer.isBuffer(value) ? Number(value.readBigInt64BE()) : Number(value)
