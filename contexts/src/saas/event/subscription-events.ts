import { defineEvent } from 'keelson'
import Type from 'typebox'
import { flag, id, note, oneOf, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'

const subscriptionId = id('Id of the subscription.', 'sub-4f7c')

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
  idempotencyKey: event => `${event.payload.subscriptionId}:${event.payload.editionCode}:${event.occurredAt}`,
  payload: Type.Object(
    {
      subscriptionId,
      editionCode: text('Edition that it is active on.', 'enterprise', 100),
      billingCycle: Type.Optional(oneOf(['Monthly', 'Annual'], 'How often it is billed.', 'Annual')),
      currentPeriodEnd: Type.Optional(time('End of the paid period, RFC 3339.', '2027-06-11T00:00:00Z')),
    },
    { description: 'Which subscription, on which edition, until when.' },
  ),
  rules: [
    'A change to another edition is an activation too: the last one of a subscription says which edition holds.',
    'The edition brings its entitlements with it; consumers take them from the edition, not from the event.',
    'Without a billing cycle there is no end of a paid period: Subscription & Billing sees to it, the schema takes both.',
  ],
  personal: [],
  retention: retention.evidence,
  retry: retry.worker,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: [
      'Count of activations, by edition and billing cycle.',
      'Time until the entitlements of the edition are applied.',
    ],
    alerts: ['Entitlements are not applied 5 minutes after the activation.'],
  },
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

export const SubscriptionCancelled = defineEvent({
  type: 'SubscriptionCancelled',
  version: '1.0',
  kind: 'domain',
  topic: 'subscription-events',
  summary: 'A subscription was given up and will not be renewed.',
  producer: 'Subscription & Billing',
  consumers: ['Configuration', 'Notification', 'Audit'],
  aggregate: 'Subscription',
  orderingKey: event => event.payload.subscriptionId,
  idempotencyKey: event => `${event.payload.subscriptionId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      subscriptionId,
      editionCode: Type.Optional(text('Edition that it was active on.', 'enterprise', 100)),
      reason: Type.Optional(
        id('Why, in a word: tooExpensive, missingFeature, notNeeded, nonPayment …', 'missingFeature'),
      ),
      isImmediate: Type.Optional(
        flag('Whether access ends at once; where false, with the paid period.', false),
      ),
      accessEndsAt: Type.Optional(time('When access ends.', '2027-06-11T00:00:00Z')),
      cancelledBy: Type.Optional(id('Opaque id of the user or service that cancelled it.', 'usr-7a10')),
      note: Type.Optional(note('What the customer said about it.', 'We move to a tool of our own.')),
    },
    { description: 'Which subscription ends, when, and why.' },
  ),
  rules: [
    'The subscription was active, and it is cancelled once unless it is activated again in between.',
    'Until access ends the entitlements of the edition stay as they are.',
    'Data is kept when the subscription ends; deleting it is a decision of its own.',
  ],
  personal: [{ pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' }],
  retention: retention.evidence,
  retry: retry.worker,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: ['Count of cancellations, by edition and reason.', 'Time that subscriptions lasted.'],
    alerts: ['Three times as many subscriptions are cancelled in a day as in the mean of the last 28 days.'],
  },
  examples: [
    {
      subscriptionId: 'sub-4f7c',
      editionCode: 'enterprise',
      reason: 'missingFeature',
      isImmediate: false,
      accessEndsAt: '2027-06-11T00:00:00Z',
      cancelledBy: 'usr-7a10',
      note: { authorId: 'usr-7a10', text: 'We need to keep our data in Switzerland.' },
    },
    { subscriptionId: 'sub-9a', reason: 'nonPayment', isImmediate: true, cancelledBy: 'svc-dunning' },
  ],
})
