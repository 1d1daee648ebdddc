import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, flag, id, number, oneOf, text } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'
import { place } from './place.ts'

const common = {
  version: '1.0',
  kind: 'system',
  topic: 'system',
  producer: 'every service',
  consumers: ['Monitoring', 'Alerting'],
  aggregate: 'Service',
  personal: [],
  retention: retention.operations,
  retry: retry.alerting,
  deadLetter: deadLetter.page,
} as const

export const HealthCheckFailed = defineEvent({
  ...common,
  type: 'HealthCheckFailed',
  summary: 'A check of a service found it unwell.',
  orderingKey: event => event.payload.service,
  idempotencyKey: event => event.eventId,
  payload: Type.Object(
    {
      ...place,
      check: id('Name of the check.', 'database'),
      status: Type.Optional(oneOf(['degraded', 'down'], 'What it means for the service.', 'down')),
      reason: Type.Optional(id('Code of what was found.', 'connection_refused')),
      dependency: Type.Optional(id('What the service could not do without.', 'postgres-primary')),
      consecutiveFailures: Type.Optional(count('Failures in a row, this one included.', 3, 1)),
      durationMs: Type.Optional(count('Milliseconds that the check took.', 5000)),
      timeoutMs: Type.Optional(count('Milliseconds that it may take.', 5000, 1)),
    },
    { description: 'Which check of which service failed, and how badly.' },
  ),
  rules: [
    'A check that takes longer than it may has failed.',
    'What was found is said by a code: no message of another system is passed on.',
  ],
  monitoring: {
    metrics: ['Count of failed checks, by service and check.', 'Time until the check passes again.'],
    alerts: ['A service is down by 3 checks in a row.'],
  },
  examples: [
    {
      service: 'subscription-service',
      instanceId: 'subscription-service-7c9f',
      environment: 'production',
      region: 'eu-west-1',
      check: 'database',
      status: 'down',
      reason: 'connection_refused',
      dependency: 'postgres-primary',
      consecutiveFailures: 3,
      durationMs: 5000,
      timeoutMs: 5000,
    },
    { service: 'keelson', check: 'disk-space', status: 'degraded' },
  ],
})

export const UnhandledErrorOccurred = defineEvent({
  ...common,
  type: 'UnhandledErrorOccurred',
  summary: 'A service met an error that nothing in it was made for.',
  orderingKey: event => event.payload.service,
  idempotencyKey: event => event.eventId,
  payload: Type.Object(
    {
      ...place,
      error: Type.Object(
        {
          name: id('Class or code of the error.', 'TypeError'),
          message: Type.Optional(
            text(
              'Its message, with every value from outside taken out.',
              'Cannot read <member> of undefined',
              2000,
            ),
          ),
          fingerprint: Type.Optional(id('The same for errors of the same cause.', 'fp-2b0c55')),
          stack: Type.Optional(
            text('Where in the code, from the inside out.', 'at rate (invoice.ts:41:9)', 16_384),
          ),
        },
        { description: 'What went wrong.' },
      ),
      operation: Type.Optional(
        text('What was being done, by its pattern.', 'POST /invoices/:id/approve', 256),
      ),
      userId: Type.Optional(id('Opaque id of the user who met it, where there was one.', 'usr-12')),
      isFatal: Type.Optional(flag('Whether the instance ends because of it.', false)),
      occurrences: Type.Optional(count('Errors of the same cause that the event stands for.', 1, 1)),
    },
    { description: 'Which service, which error, and at what.' },
  ),
  rules: [
    'Message and stack are cleaned before they are published: values from outside, which may name persons, are out.',
    'Errors that a caller can mend are answers and make no such event.',
    'Errors of one cause that come fast are counted and told of once a minute.',
  ],
  monitoring: {
    metrics: ['Count of errors, by service and fingerprint.', 'Users who met an error.'],
    alerts: ['An error of a new fingerprint occurs.', 'An error is fatal.'],
  },
  examples: [
    {
      service: 'billing-service',
      instanceId: 'billing-service-11a2',
      environment: 'production',
      region: 'eu-west-1',
      error: {
        name: 'TypeError',
        message: 'Cannot read <member> of undefined',
        fingerprint: 'fp-2b0c55',
        stack: 'at rate (invoice.ts:41:9)\nat approve (invoice.ts:88:3)',
      },
      operation: 'POST /invoices/:id/approve',
      userId: 'usr-12',
      isFatal: false,
      occurrences: 14,
    },
    { service: 'export-worker', error: { name: 'RangeError' }, isFatal: true },
  ],
})

export const PerformanceThresholdExceeded = defineEvent({
  ...common,
  type: 'PerformanceThresholdExceeded',
  summary: 'A measured value of a service went past what was set for it.',
  orderingKey: event => event.payload.service,
  idempotencyKey: event => event.eventId,
  payload: Type.Object(
    {
      ...place,
      metric: id('What is measured, dotted.', 'http.server.latency'),
      value: number('What was measured.', 812),
      threshold: number('What was set for it.', 500),
      unit: Type.Optional(id('Unit of both: ms, bytes, percent, events/s …', 'ms')),
      statistic: Type.Optional(id('Figure of the measurements: p99, mean, max …', 'p99')),
      windowMs: Type.Optional(count('Milliseconds that were measured over.', 300_000, 1)),
      severity: Type.Optional(oneOf(['warning', 'critical'], 'How urgent it is.', 'warning')),
      operation: Type.Optional(text('What was measured, by its pattern.', 'GET /invoices', 256)),
    },
    { description: 'Which value of which service, and what was set for it.' },
  ),
  rules: [
    'Value and threshold have the same unit.',
    'The event is made when the value passes the threshold, not again while it stays beyond.',
    'A threshold may be a lower bound: then the value is below it.',
  ],
  deadLetter: deadLetter.ticket,
  monitoring: {
    metrics: ['Count of passed thresholds, by service and metric.', 'Time that values stay beyond.'],
    alerts: ['A critical threshold is passed.'],
  },
  examples: [
    {
      service: 'subscription-service',
      instanceId: 'subscription-service-7c9f',
      environment: 'production',
      region: 'eu-west-1',
      metric: 'http.server.latency',
      value: 812,
      threshold: 500,
      unit: 'ms',
      statistic: 'p99',
      windowMs: 300_000,
      severity: 'warning',
      operation: 'GET /invoices',
    },
    {
      service: 'keelson',
      metric: 'disk.free',
      value: 4.1,
      threshold: 10,
      unit: 'percent',
      severity: 'critical',
    },
  ],
})
