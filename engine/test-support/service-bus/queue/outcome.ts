import type { Message } from 'rhea'

export type Properties = Readonly<Record<string, unknown>>

/** What a receiver says about a message that it has. */
export type Outcome =
  | { readonly kind: 'complete' }
  | { readonly kind: 'abandon' | 'defer'; readonly properties: Properties }
  | {
      readonly kind: 'deadLetter'
      readonly reason: string | undefined
      readonly description: string | undefined
      readonly properties: Properties
    }

/** The message with properties that a receiver has changed. */
export const withAnnotations = (message: Message, properties: Properties): Message => ({
  ...message,
  application_properties: { ...message.application_properties, ...properties },
})

/** The message as it lies among the dead letters of a queue. */
export function deadLetterOf(
  message: Message,
  why: {
    readonly reason: string | undefined
    readonly description: string | undefined
    readonly properties: Properties
  },
  source: string,
): Message {
  const { reason, description, properties } = why
  return {
    ...withAnnotations(message, {
      ...properties,
      ...(reason === undefined ? {} : { DeadLetterReason: reason }),
      ...(description === undefined ? {} : { DeadLetterErrorDescription: description }),
    }),
    message_annotations: { ...message.message_annotations, 'x-opt-deadletter-source': source },
  }
}
