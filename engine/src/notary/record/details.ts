/** What all of them have. */
export const details = {
  topic: 'tenant-log',
  kind: 'system',
  version: '1.0',
  producer: 'Notary',
  consumers: ['Compliance', 'Auditors'],
  aggregate: 'TenantLog',
  isReserved: true,
  orderingKey: (event: { readonly tenantId: string }) => event.tenantId,
  idempotencyKey: (event: { readonly eventId: string }) => event.eventId,
  personal: [],
  retention: {
    period: 'forever',
    basis: 'An absence in the log is explained only as long as its record is there.',
  },
  retry: { attempts: 5, backoff: 'exponential', initialDelay: 200, maxDelay: 30_000 },
  deadLetter: { keepFor: 'P90D', alert: 'ticket' },
} as const

/** For examples. */
export const keys = ['k-AAECAwQFBgcICQoLDA0ODw']
export const someHash = '6T0RxVb4teKEsQ1aPXkIhOfd-PMCxFPFalJTGY1jzMw'
export const someSignatures = [{ key: 'ada.example.com', sig: 'A'.repeat(86) }]
