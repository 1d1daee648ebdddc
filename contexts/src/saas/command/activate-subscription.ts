import { defineCommand } from 'keelson'
import Type from 'typebox'
import { id, oneOf, text, time } from '../../definition/field.ts'

export const ActivateSubscription = defineCommand({
  type: 'ActivateSubscription',
  version: '1.0',
  summary: 'Makes a subscription active on an edition, or moves it to another one.',
  aggregate: 'Subscription',
  target: payload => payload.subscriptionId,
  payload: Type.Object(
    {
      subscriptionId: id('Id of the subscription.', 'sub-4f7c'),
      editionCode: text('Edition that it is to be active on.', 'enterprise', 100),
      billingCycle: Type.Optional(
        oneOf(['Monthly', 'Annual'], 'How often it is to be billed; absent: not at all.', 'Annual'),
      ),
      currentPeriodEnd: Type.Optional(
        time('End of the period that is paid, where billing fixed it already.', '2027-06-11T00:00:00Z'),
      ),
    },
    { description: 'Which subscription, and on which edition.' },
  ),
  emits: ['SubscriptionActivated'],
  rejections: [
    { code: 'edition_unknown', when: 'There is no such edition, or it is no longer sold.' },
    { code: 'edition_unchanged', when: 'The subscription is active on that edition and billed so already.' },
    { code: 'billing_cycle_required', when: 'The edition costs something and no billing cycle was named.' },
    { code: 'payment_failed', when: 'What is due at once could not be collected.' },
  ],
  permission: 'subscriptions:write',
  rules: [
    'A smaller edition is only moved to while the tenant keeps within its limits.',
    'A move takes effect at once and does not begin a new paid period unless the billing cycle changes.',
  ],
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
