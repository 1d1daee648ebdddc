import type { DeadLetterPolicy, RetentionDefault, RetryPolicy } from 'keelson'

/** Policies that many events share; a definition may say its own. */

export const retention = {
  evidence: {
    period: 'P7Y',
    basis: 'Evidence for audits and disputes; most record-keeping rules ask for up to seven years.',
  },
  security: {
    period: 'P2Y',
    basis: 'Investigations reach back months; frameworks such as PCI DSS ask for at least one year.',
  },
  business: { period: 'P3Y', basis: 'Customers and support ask about the last years of an account.' },
  operations: { period: 'P90D', basis: 'Only of use while what it tells of can still be mended.' },
  signals: { period: 'P1Y', basis: 'Input of decisions, which are themselves kept longer.' },
  rulebook: {
    period: 'forever',
    basis: 'What was decided can only be explained while the policy that held then is known.',
  },
  proof: { period: 'forever', basis: 'The log can only be checked while what was done to it is known.' },
} as const satisfies Record<string, RetentionDefault>

export const retry = {
  ingestion: { attempts: 3, backoff: 'exponential', initialDelay: 100, maxDelay: 5000 },
  worker: { attempts: 5, backoff: 'exponential', initialDelay: 200, maxDelay: 30_000 },
  alerting: { attempts: 3, backoff: 'exponential', initialDelay: 500, maxDelay: 10_000 },
  security: { attempts: 3, backoff: 'exponential', initialDelay: 100, maxDelay: 5000 },
  rbac: { attempts: 2, backoff: 'fixed', initialDelay: 200 },
  audit: { attempts: 5, backoff: 'exponential', initialDelay: 100, maxDelay: 10_000 },
} as const satisfies Record<string, RetryPolicy>

export const deadLetter = {
  page: { keepFor: 'P90D', alert: 'page' },
  ticket: { keepFor: 'P30D', alert: 'ticket' },
  shown: { keepFor: 'P14D', alert: 'none' },
} as const satisfies Record<string, DeadLetterPolicy>
