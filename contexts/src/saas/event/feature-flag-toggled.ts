import { defineEvent } from 'keelson'
import Type from 'typebox'
import { flag, id, list, note, number, text } from '../../definition/field.ts'
import { deadLetter, retry } from '../../definition/policy.ts'

export const FeatureFlagToggled = defineEvent({
  type: 'FeatureFlagToggled',
  version: '1.0',
  kind: 'integration',
  topic: 'config-events',
  summary: 'A feature flag was switched, or the part of users who see the feature changed.',
  producer: 'Configuration Service',
  consumers: ['Domain services', 'Audit'],
  aggregate: 'FeatureFlag',
  orderingKey: event => event.payload.featureFlagId,
  idempotencyKey: event => `${event.payload.featureFlagId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      featureFlagId: id('Id of the flag.', 'ff-31'),
      key: Type.Optional(id('Name by which code asks for the flag.', 'checkout.one-page')),
      enabled: flag('Whether the feature is on now.', true),
      previouslyEnabled: Type.Optional(flag('Whether it was on before.', false)),
      rolloutPercentage: Type.Optional(
        number('Part of users who see it while it is on, in percent.', 25, { minimum: 0, maximum: 100 }),
      ),
      segments: Type.Optional(
        list(id('Code of a group of users.', 'beta'), 'Groups of users who see it in any case.', ['beta']),
      ),
      variant: Type.Optional(id('Variant that is served, where there are several.', 'compact')),
      environment: Type.Optional(id('Environment that the flag belongs to.', 'production')),
      toggledBy: Type.Optional(id('Opaque id of the user or service that switched it.', 'usr-7a10')),
      changeTicket: Type.Optional(text('Where the change was agreed on.', 'CHG-2041', 128)),
      note: Type.Optional(note('Why it was switched.', 'Errors rose after the release.')),
    },
    { description: 'Which flag, and how it stands now.' },
  ),
  rules: [
    'The event says how the flag stands now, whole: a consumer needs no earlier event to apply it.',
    'Of two events about a flag the later one in its stream holds.',
    'Single users are never named: who sees a feature is said by a percentage and by groups.',
  ],
  personal: [{ pointer: '/note/text', subject: '/note/authorId', kind: 'free-text' }],
  retention: {
    period: 'P2Y',
    basis: 'Which features were on explains how the product behaved when something is looked into later.',
  },
  retry: retry.worker,
  deadLetter: deadLetter.page,
  monitoring: {
    metrics: ['Count of switches, by flag and environment.', 'Time until all services serve the new state.'],
    alerts: ['A flag is switched more than 6 times in an hour.'],
  },
  examples: [
    {
      featureFlagId: 'ff-31',
      key: 'checkout.one-page',
      enabled: true,
      previouslyEnabled: false,
      rolloutPercentage: 25,
      segments: ['beta', 'staff'],
      variant: 'compact',
      environment: 'production',
      toggledBy: 'usr-7a10',
      changeTicket: 'CHG-2041',
    },
    {
      featureFlagId: 'ff-31',
      key: 'checkout.one-page',
      enabled: false,
      previouslyEnabled: true,
      environment: 'production',
      note: { authorId: 'usr-7a10', text: 'Payments failed more often with the new page.' },
    },
  ],
})
