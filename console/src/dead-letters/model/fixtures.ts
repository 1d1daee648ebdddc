import type { DeadLetterItem } from '../../api/delivery-types.ts'

/** A dead letter for tests. */
export const sampleLetter = (part: Partial<DeadLetterItem> = {}): DeadLetterItem => ({
  subscription: 'billing',
  id: 1,
  eventId: 'evt-1',
  eventType: 'InvoicePaid',
  orderingKey: null,
  recordedAt: '2026-11-20T10:00:00.000Z',
  setAsideAt: '2026-11-20T10:01:00.000Z',
  reason: 'exhausted',
  fingerprint: 'f1',
  attempts: 5,
  lastError: null,
  isEdited: false,
  ...part,
})
