import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, flag, id, list } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'
import { place } from './place.ts'

const common = {
  version: '1.0',
  kind: 'system',
  topic: 'system',
  producer: 'every service',
  consumers: ['Monitoring'],
  aggregate: 'Service',
  personal: [],
  retention: retention.operations,
  retry: retry.alerting,
} as const

export const ServiceStarted = defineEvent({
  ...common,
  type: 'ServiceStarted',
  summary: 'An instance of a service is up and takes work.',
  orderingKey: event => event.payload.service,
  idempotencyKey: event => event.eventId,
  payload: Type.Object(
    {
      ...place,
      version: Type.Optional(id('Version of the service.', '4.2.0')),
      commit: Type.Optional(id('Commit that it was built from.', '9f1c2b7d')),
      startupMs: Type.Optional(count('Milliseconds that the start took.', 1840)),
      features: Type.Optional(
        list(id('Name of a feature.', 'dual-publishing'), 'Optional features that are on.', [
          'dual-publishing',
        ]),
      ),
    },
    { description: 'Which service, in which version, and where.' },
  ),
  rules: [
    'The instance has passed its own checks and is ready before the event is published.',
    'Every instance makes its own event, also when it comes back after a crash.',
  ],
  deadLetter: deadLetter.shown,
  monitoring: {
    metrics: ['Count of starts, by service and version.', 'Time that starts take.'],
    alerts: ['An instance starts more than 3 times in 10 minutes.'],
  },
  examples: [
    {
      service: 'subscription-service',
      instanceId: 'subscription-service-7c9f',
      environment: 'production',
      region: 'eu-west-1',
      version: '4.2.0',
      commit: '9f1c2b7d',
      startupMs: 1840,
      features: ['dual-publishing'],
    },
    { service: 'keelson', version: '0.1.0' },
  ],
})

export const ServiceStopped = defineEvent({
  ...common,
  type: 'ServiceStopped',
  summary: 'An instance of a service takes no more work.',
  orderingKey: event => event.payload.service,
  idempotencyKey: event => event.eventId,
  payload: Type.Object(
    {
      ...place,
      reason: Type.Optional(id('Why: deployment, scaledIn, operator, outOfMemory, crash …', 'deployment')),
      isGraceful: Type.Optional(flag('Whether work under way was finished first.', true)),
      exitCode: Type.Optional(
        Type.Integer({
          description: 'Exit code of the process.',
          minimum: -2_147_483_648,
          maximum: 4_294_967_295,
          examples: [0],
        }),
      ),
      uptimeMs: Type.Optional(count('Milliseconds since its start.', 86_400_000)),
      unfinished: Type.Optional(count('Pieces of work that were left to others.', 0)),
    },
    { description: 'Which service stopped, why, and how.' },
  ),
  rules: [
    'A stop that was asked for is published by the instance itself, last of all.',
    'A crash is published by whoever noticed it, and so names no graceful end.',
  ],
  deadLetter: deadLetter.shown,
  monitoring: {
    metrics: ['Count of stops, by service and reason.', 'Uptime of instances.'],
    alerts: ['The last instance of a service stops.'],
  },
  examples: [
    {
      service: 'subscription-service',
      instanceId: 'subscription-service-7c9f',
      environment: 'production',
      region: 'eu-west-1',
      reason: 'deployment',
      isGraceful: true,
      exitCode: 0,
      uptimeMs: 86_400_000,
      unfinished: 0,
    },
    { service: 'export-worker', reason: 'outOfMemory', isGraceful: false, exitCode: 137 },
  ],
})
