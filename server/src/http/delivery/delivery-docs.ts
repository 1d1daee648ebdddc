import Type from 'typebox'
import { plain } from '../route-schemas.ts'

/** What /openapi.json says of these routes; requests are checked by the code that takes them. */
const text = (description: string) => Type.String({ description })
const optional = (description: string) => Type.Optional(text(description))
const whole = (description: string, minimum: number, maximum: number) =>
  Type.Optional(Type.Integer({ minimum, maximum, description }))
const texts = (description: string) => Type.Optional(Type.Array(Type.String(), { description }))
const flag = (description: string) => Type.Optional(Type.Boolean({ description }))

const byName = Type.Object({ name: text('Name of the subscription.') })
const byLetter = Type.Object({
  subscription: text('Name of the subscription.'),
  id: text('Number of the dead letter: the position of its event.'),
})
const byRun = Type.Object({ id: text('Id of the replay.') })
const match = Type.Object({ 'if-match': optional('ETag of what is to be changed.') })

const definition = {
  types: texts('Event types; all when absent.'),
  topics: texts('Topics; all when absent.'),
  filter: optional("A filter, such as payload.amount > 100 AND eventType LIKE 'Order%'."),
  retry: Type.Optional(
    Type.Unknown({ description: 'attempts, backoff, initialSeconds, maxSeconds and jitter.' }),
  ),
  deadLetter: Type.Optional(
    Type.Enum(['setAside', 'parkKey'], { description: 'What becomes of the events behind a dead letter.' }),
  ),
  concurrency: whole('Deliveries that may be with consumers at the same time; default 100.', 1, 200),
  timeoutSeconds: Type.Optional(
    Type.Number({ minimum: 1, maximum: 3_600, description: 'To settle a delivery; default 30.' }),
  ),
}
const start = Type.Optional(
  Type.Unknown({ description: 'beginning (the default), now, {"position": …} or {"time": …}.' }),
)

const cause = Type.Optional(
  Type.Enum(['permanent', 'exhausted', 'expired', 'parked'], { description: 'Why they were set aside.' }),
)
const letterFilter = {
  fingerprint: optional('Kind of their last error.'),
  type: optional('Type of their events.'),
  cause,
  orderingKey: optional('Key that their events are ordered by.'),
  from: optional('Set aside from this time, inclusive.'),
  to: optional('Set aside before this time.'),
}
const selection = {
  subscription: text('Name of the subscription.'),
  ids: Type.Optional(Type.Array(Type.Integer(), { description: 'These alone, at most 1,000.' })),
  ...letterFilter,
}
const rate = Type.Optional(
  Type.Number({ minimum: 0.01, maximum: 100_000, description: 'Events in a second at the most.' }),
)

const subscription = (operationId: string, summary: string) => plain(operationId, 'subscriptions', summary)
const letter = (operationId: string, summary: string) => plain(operationId, 'dead letters', summary)
const run = (operationId: string, summary: string) => plain(operationId, 'replays', summary)

export const docs = {
  list: {
    ...subscription(
      'listSubscriptions',
      'Subscriptions, how far they are behind and what is wrong with them',
    ),
    description: 'Platform administrators see those of the platform too, its projections among them.',
  },
  show: { ...subscription('readSubscription', 'One subscription with its history'), params: byName },
  create: {
    ...subscription('createSubscription', 'Make a subscription that is consumed over HTTP'),
    description: 'Answers 201, or 200 where the same Idempotency-Key has made it before.',
    headers: Type.Object({ 'idempotency-key': optional('Makes the request safe to repeat.') }),
    body: Type.Object({
      name: text('1 to 50 letters, digits and . _ -, unique in the tenant.'),
      ...definition,
      start,
    }),
  },
  change: {
    ...subscription('changeSubscription', 'Change a subscription; what is left out has its default'),
    description: 'What is with consumers when it changes comes again.',
    params: byName,
    headers: match,
    body: Type.Object(definition),
  },
  remove: {
    ...subscription('deleteSubscription', 'Delete a subscription with its dead letters'),
    params: byName,
    headers: match,
  },
  pause: {
    ...subscription('pauseSubscription', 'Hold a subscription back until it is resumed'),
    params: byName,
  },
  resume: { ...subscription('resumeSubscription', 'Let a paused subscription go on'), params: byName },
  pull: {
    ...subscription('pullEvents', 'Take events of a subscription, each with a token to settle it by'),
    params: byName,
    body: Type.Object({
      max: whole('How many at the most; default 10.', 1, 1_000),
      waitSeconds: Type.Optional(
        Type.Number({ minimum: 0, maximum: 30, description: 'To wait for the first one; default 5.' }),
      ),
    }),
  },
  settle: {
    ...subscription('settleEvents', 'Say what became of events that were pulled'),
    params: byName,
    body: Type.Object({
      done: texts('Tokens of those that are done.'),
      failed: Type.Optional(
        Type.Array(
          Type.Object({
            token: text('Token of the delivery.'),
            error: Type.Unknown({ description: 'A message, or name, message and code.' }),
            retry: flag('False makes it a dead letter at once.'),
          }),
        ),
      ),
    }),
  },
  listLetters: {
    ...letter('listDeadLetters', 'Dead letters, one subscription after the other'),
    querystring: Type.Object({
      subscription: optional('Only of this subscription.'),
      ...letterFilter,
      limit: whole('How many at the most; default 50.', 1, 500),
      cursor: optional('nextCursor of the page before.'),
    }),
  },
  groupLetters: {
    ...letter('groupDeadLetters', 'Dead letters by the kind of their last error'),
    querystring: Type.Object({ subscription: optional('Only of this subscription.'), ...letterFilter }),
  },
  showLetter: {
    ...letter('readDeadLetter', 'One dead letter with its event, every try and every edit'),
    params: byLetter,
  },
  editLetter: {
    ...letter('editDeadLetter', 'Give a dead letter another payload'),
    description: 'The event in the log stays as it is; what is delivered at a replay is the new payload.',
    params: byLetter,
    headers: match,
    body: Type.Object({ payload: Type.Unknown({ description: "As the type's schema says." }) }),
  },
  replayLetters: {
    ...letter('replayDeadLetters', 'Give dead letters back to their subscription'),
    description: 'Answers 202 with a run that is followed at /v1/replays/{id}, and 200 to a dry run.',
    body: Type.Object({
      ...selection,
      dryRun: flag('Only says what would come of it.'),
      ratePerSecond: rate,
    }),
  },
  discardLetters: {
    ...letter('discardDeadLetters', 'Give dead letters up for good'),
    body: Type.Object({
      ...selection,
      reason: text('Why, in words.'),
      dryRun: flag('Only says what would come of it.'),
    }),
  },
  unparkKey: {
    ...letter('unparkKey', 'Let a key go on that stands still behind a dead letter'),
    body: Type.Object({
      subscription: text('Name of the subscription.'),
      orderingKey: text('The key.'),
      how: Type.Enum(['again', 'skip'], { description: 'With the event that stopped it, or without.' }),
    }),
  },
  listReplays: {
    ...run('listReplays', 'Replays of the log and of dead letters, the newest first'),
    querystring: Type.Object({
      state: Type.Optional(Type.Enum(['running', 'paused', 'done', 'aborted', 'failed'])),
      kind: Type.Optional(Type.Enum(['log', 'dead-letters'])),
      limit: whole('How many at the most; default 50.', 1, 500),
      cursor: optional('nextCursor of the page before.'),
    }),
  },
  showReplay: { ...run('readReplay', 'One replay and how far it has come'), params: byRun },
  startReplay: {
    ...run('startReplay', 'Give events of the log to a subscription again'),
    description: 'Answers 202 with the run, and 200 to a dry run.',
    body: Type.Object({
      subscription: text('Name of the subscription.'),
      from: Type.Optional(Type.Unknown({ description: 'A position or a time, inclusive.' })),
      to: Type.Optional(Type.Unknown({ description: 'A position, inclusive, or a time, exclusive.' })),
      types: texts('Only these types.'),
      topics: texts('Only these topics.'),
      filter: optional('Only what passes this filter too.'),
      ratePerSecond: rate,
      withSideEffects: flag('Whether handlers may have effects beyond their own data; default false.'),
      dryRun: flag('Only counts.'),
    }),
  },
  pauseReplay: { ...run('pauseReplay', 'Hold a replay until it is resumed'), params: byRun },
  resumeReplay: { ...run('resumeReplay', 'Let a paused replay go on'), params: byRun },
  abortReplay: { ...run('abortReplay', 'End a replay; what was replayed stays so'), params: byRun },
}
