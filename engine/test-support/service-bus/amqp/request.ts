import type { EventContext, Message, Sender } from 'rhea'
import { BrokerFault } from '../fault.ts'

/** An answer to a request: its body, and 200 unless there is nothing. */
export interface Answer {
  readonly status?: number
  readonly body?: unknown
}

const statusOf: Readonly<Record<string, number>> = {
  'amqp:not-found': 404,
  'com.microsoft:message-not-found': 404,
  'com.microsoft:entity-already-exists': 409,
  'com.microsoft:message-lock-lost': 410,
  'com.microsoft:session-lock-lost': 410,
  'amqp:unauthorized-access': 401,
}

/** Answers the requests of one pair of links; `answer` throws a BrokerFault for what it refuses. */
export function replyTo(
  { message, delivery }: EventContext,
  sender: Sender | undefined,
  answer: (operation: string, request: Message) => Answer,
): void {
  if (message === undefined || sender === undefined) return
  delivery?.accept()
  const { message_id } = message
  try {
    const { status = 200, body } = answer(
      String(message.application_properties?.['operation'] ?? ''),
      message,
    )
    sender.send({
      body,
      ...(message_id === undefined ? {} : { correlation_id: message_id }),
      application_properties: { statusCode: status, statusDescription: 'OK' },
    })
  } catch (error) {
    if (!(error instanceof BrokerFault)) throw error
    const { condition, description } = error
    sender.send({
      body: undefined,
      ...(message_id === undefined ? {} : { correlation_id: message_id }),
      application_properties: {
        statusCode: statusOf[condition] ?? 400,
        statusDescription: description,
        errorCondition: condition,
      },
    })
  }
}
