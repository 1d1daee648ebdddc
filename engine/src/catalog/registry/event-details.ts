import type { Static } from 'typebox'
import Type from 'typebox'

const text = (description: string, example: string, maxLength = 512) =>
  Type.String({ description, minLength: 1, maxLength, examples: [example] })

/** What makes a subject an event type of its tenant. */
export const eventDetails = Type.Object(
  {
    kind: Type.Optional(
      Type.Enum(['domain', 'integration', 'system'], {
        description: 'Who it is for: its own context, others too, or the platform.',
        examples: ['integration'],
      }),
    ),
    topic: text('Channel that its events are published on.', 'orders', 100),
    summary: text('What has happened when it is published, in a sentence.', 'An order was placed.', 1_000),
    producer: text('Who publishes it.', 'Order Service', 100),
    consumers: Type.Optional(
      Type.Array(text('Who reads it.', 'Shipping', 100), {
        description: 'Who reads it.',
        maxItems: 100,
        examples: [['Shipping', 'Billing']],
      }),
    ),
    aggregate: Type.Optional(text('Kind of the thing that it is about.', 'Order', 100)),
    orderingKey: Type.Optional(
      text('JSON Pointer to the id of that thing: events with the same one keep their order.', '/orderId'),
    ),
    personal: Type.Optional(
      Type.Array(
        Type.Object(
          {
            pointer: text('JSON Pointer to the member that is personal data; * for every item.', '/email'),
            subject: text('JSON Pointer to the member that says whose it is.', '/customerId'),
            kind: Type.Optional(text('What kind of data it is.', 'email', 100)),
          },
          { description: 'A member with personal data.' },
        ),
        {
          description: 'Members that hold personal data.',
          maxItems: 100,
          examples: [[{ pointer: '/email', subject: '/customerId', kind: 'email' }]],
        },
      ),
    ),
  },
  { description: 'Set where the subject is an event type of its tenant.', additionalProperties: false },
)
export type EventDetails = Static<typeof eventDetails>
