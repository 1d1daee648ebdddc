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
  subscription_lost: {
    status: 409,
    retryable: true,
    meaning: 'Another process owns this subscription now.',
    remedy: 'Nothing has to be done: what was in hand is handled there.',
  },
  subscription_closed: {
    status: 409,
    retryable: false,
    meaning: 'The subscription is closed.',
    remedy: 'Make a new one under its name: it goes on where this one stood.',
  },
  handler_timeout: {
    status: 504,
    retryable: true,
    meaning: 'A handler took longer than its subscription allows.',
    remedy: 'It is tried again; raise `timeout` or make the handler heed its signal.',
  },
  dead_letter_unknown: {
    status: 404,
    retryable: false,
    meaning: 'There is no such dead letter: it may have been replayed or discarded.',
    remedy: 'List the dead letters of the subscription.',
  },
} as const satisfies Record<string, ErrorEntry>
