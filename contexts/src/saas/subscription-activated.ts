import { defineEvent } from 'keelson'
import Type from 'typebox'

export const SubscriptionActivated = defineEvent({
  type: 'SubscriptionActivated',
  version: '1.0',
  kind: 'integration',
  topic: 'subscription-events',
  summary: 'A subscription became active on an edition.',
  producer: 'Subscription & Billing',
  consumers: ['Configuration', 'Notification', 'Audit'],
  aggregate: 'Subscription',
  orderingKey: event => event.payload.subscriptionId,
  payload: Type.Object(
    {
      subscriptionId: Type.String({ description: 'Id of the subscription.', minLength: 1, maxLength: 128 }),
      editionCode: Type.String({
        description: 'Edition that it is active on.',
        minLength: 1,
        maxLength: 100,
      }),
      billingCycle: Type.Optional(
        Type.Enum(['Monthly', 'Annual'], { description: 'How often it is billed.' }),
      ),
      currentPeriodEnd: Type.Optional(
        Type.String({ description: 'End of the paid period, RFC 3339.', format: 'date-time', maxLength: 40 }),
      ),
    },
    { description: 'Which subscription, on which edition, until when.' },
  ),
  examples: [
    {
      subscriptionId: 'sub-4f7c',
      editionCode: 'enterprise',
      billingCycle: 'Annual',
      currentPeriodEnd: '2027-06-11T00:00:00Z',
    },
    { subscriptionId: 'sub-9a', editionCode: 'free' },
  ],
})
