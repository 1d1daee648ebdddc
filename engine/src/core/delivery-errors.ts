import type { ErrorEntry } from './error-entry.ts'

/** The rows of the error table about subscriptions and delivery. */
export const deliveryErrors = {
  filter_invalid: {
    status: 400,
    retryable: false,
    meaning: 'The filter is not well formed.',
    remedy: 'Correct it at the place that `line` and `column` name; `hint` says how, where that is known.',
  },
  filter_too_large: {
    status: 400,
    retryable: false,
    meaning: 'The filter is longer or nested more deeply than is allowed.',
    remedy: 'Split it into several filters, or shorten it; the detail names the bound.',
  },
  filter_unsupported: {
    status: 400,
    retryable: false,
    meaning: 'The filter uses something of Azure Service Bus that Keelson does not have.',
    remedy: 'Leave it out; the detail says why it is not there.',
  },
  delivery_options_invalid: {
    status: 400,
    retryable: false,
    meaning: 'The options of a subscription or of its delivery are wrong.',
    remedy: 'Correct the options that `faults` lists.',
  },
  bulkhead_full: {
    status: 503,
    retryable: true,
    meaning: 'As many calls as are allowed are running, and as many as are allowed wait.',
    remedy: 'Call again after `retryAfterSeconds`; raise the bound if this is often so.',
  },
} as const satisfies Record<string, ErrorEntry>
