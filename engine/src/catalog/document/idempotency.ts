/** What an event's idempotency key is for, and what it is not for. */
export const idempotencyMeaning =
  'Consumers recognise two reports of one fact by it; publishing recognises repeats by the event id and `Idempotency-Key`.'
