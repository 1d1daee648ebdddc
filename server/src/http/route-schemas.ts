import Type from 'typebox'

/**
 * What /openapi.json says of each route. Bodies are described here and checked by the code that takes them, for the
 * framework's own checking would change what came.
 */
const text = (description: string) => Type.String({ description })
const json = (description: string) => Type.Unknown({ description })
const list = (description: string) =>
  Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())], { description }))

export const ProblemSchema = Type.Object(
  {
    type: text('URI of the kind of problem.'),
    title: text('What the kind means.'),
    status: Type.Integer(),
    detail: text('What happened with this request.'),
    code: text('Stable word of the error table.'),
    remedy: text('What to do.'),
    retryable: Type.Boolean({ description: 'Whether the same request can succeed later.' }),
    instance: text('Id of the request.'),
    errors: Type.Optional(
      Type.Array(Type.Object({ pointer: text('JSON Pointer.'), message: text('What is wrong.') })),
    ),
  },
  { description: 'RFC 9457 problem.' },
)

const ReceiptSchema = Type.Object(
  {
    eventId: text('Id of the event.'),
    position: Type.Integer({ description: 'Contiguous over the whole store, in commit order.' }),
    sequence: Type.Integer({ description: "Index in the tenant's log, dense from 0." }),
    stream: text('Stream of the event.'),
    version: Type.Integer({ description: 'Place in the stream, dense from 1.' }),
    recordedAt: text('When it was stored, RFC 3339.'),
    leafHash: text('Hash of its leaf, base64url.'),
    previousHash: text('Hash of the leaf before, base64url.'),
    duplicate: Type.Boolean({
      description: 'Whether it was stored by an earlier request, whose receipt this is.',
    }),
  },
  { description: 'Where the event stands.' },
)

const EventSchema = Type.Object(
  {
    eventType: text('Name in the catalogue, such as SubscriptionActivated.'),
    occurredAt: text('RFC 3339 with a zone.'),
    payload: json("Content, as the type's schema says."),
    eventId: Type.Optional(text('1 to 128 of A-Z a-z 0-9 . _ : -; made when absent.')),
    schemaVersion: Type.Optional(text('major.minor; 1.0 when absent.')),
    tenantId: Type.Optional(text("Must be the credential's tenant.")),
    source: Type.Optional(text('What emitted it.')),
    correlationId: Type.Optional(text('Its own id when absent.')),
    causationId: Type.Optional(text('Event that caused it.')),
    traceId: Type.Optional(text('From traceparent when absent.')),
    metadata: Type.Optional(
      json(
        'user, ip, userAgent, entityId and more. How it is delivered: deliverAt (not before this time, RFC 3339, at most 366 days ahead), deliveryDeadline (not after this time, later than deliverAt), priority (high, normal, low).',
      ),
    ),
  },
  {
    description:
      'The canonical envelope. The bus form (id, type, time, data) and CloudEvents 1.0 are taken too.',
  },
)

const problems = { '4XX': ProblemSchema, '5XX': ProblemSchema }
const security = [{ key: [] }]

const filter = {
  type: list('Event types, any of.'),
  actor: list('Actor ids or names.'),
  action: list('Actions.'),
  resource: list('Resource ids, names or kinds.'),
  outcome: list('success, failure, denied or unknown.'),
  source: list('Sources.'),
  stream: list('Streams.'),
  correlationId: list('Correlation ids.'),
  q: Type.Optional(text('Full text: words, "a phrase", begin*, -without.')),
}
const range = {
  from: Type.Optional(text('occurredAt from, inclusive.')),
  to: Type.Optional(text('occurredAt to, exclusive.')),
}
const sort = Type.Optional(
  Type.Enum(['recorded', 'occurred'], { description: 'By when events were recorded, or occurred.' }),
)
const accepts = Type.Optional(
  Type.Array(Type.String(), {
    description:
      'Versions to give events in: SubscriptionActivated@1.0, SubscriptionActivated@1 or SubscriptionActivated. What nobody defined is refused.',
  }),
)
const paging = {
  accepts,
  order: Type.Optional(Type.Enum(['desc', 'asc'])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
  cursor: Type.Optional(text('nextCursor of the page before.')),
  view: Type.Optional(Type.Enum(['full', 'summary'], { description: 'summary leaves payloads out.' })),
}

export const publishSchema = {
  operationId: 'publishEvent',
  tags: ['events'],
  summary: 'Validate an event and store it durably',
  description: 'Answers 201 when the event is on disk, 200 with the first receipt when it was stored before.',
  security,
  headers: Type.Object({
    'idempotency-key': Type.Optional(text('Makes a request without eventId safe to repeat.')),
  }),
  body: EventSchema,
  response: { 200: ReceiptSchema, 201: ReceiptSchema, ...problems },
}

export const batchSchema = {
  operationId: 'publishBatch',
  tags: ['events'],
  summary: 'Store many events, each on its own',
  description:
    'A JSON array, NDJSON or a CloudEvents batch. 200 when all were stored, 207 when some were refused.',
  security,
  body: Type.Array(EventSchema),
  response: {
    '2XX': Type.Object({
      accepted: Type.Integer(),
      duplicates: Type.Integer(),
      refused: Type.Integer(),
      results: Type.Array(
        Type.Object({
          index: Type.Integer(),
          line: Type.Integer(),
          status: Type.Integer(),
          receipt: Type.Optional(ReceiptSchema),
          problem: Type.Optional(ProblemSchema),
        }),
      ),
    }),
    ...problems,
  },
}

const read = (operationId: string, summary: string, querystring: object, description = '') => ({
  operationId,
  tags: ['events'],
  summary,
  ...(description === '' ? {} : { description }),
  security,
  querystring: Type.Object(querystring as Record<string, ReturnType<typeof text>>),
  response: { '2XX': json('See the API reference.'), ...problems },
})

export const searchSchema = read(
  'searchEvents',
  'Find events',
  { ...filter, ...range, sort, ...paging },
  'Includes all that was acknowledged before the request.',
)
export const facetsSchema = read('countFacets', 'Most frequent values among the matching events', {
  ...filter,
  ...range,
})
export const streamSchema = read('readStream', 'Events of one stream by version', paging)
export const eventSchema = read('readEvent', 'One event with its leaf, hashes and neighbours', { accepts })
export const tailSchema = read(
  'tailEvents',
  'Live tail as server-sent events',
  {
    ...filter,
    view: paging.view,
    accepts,
    after: Type.Optional(Type.Integer({ minimum: 0 })),
    topic: Type.Optional(text('Only events of this topic.')),
  },
  'The id of a frame is the position; send it back as Last-Event-ID to go on without loss.',
)

/** Schema of a route without parameters of note. */
export const plain = (operationId: string, tag: string, summary: string, isOpen = false) => ({
  operationId,
  tags: [tag],
  summary,
  ...(isOpen ? {} : { security }),
  response: { '2XX': json('See the API reference.'), ...problems },
})

export const importSchema = {
  ...plain('importFile', 'imports', 'Import a file of another system'),
  description: 'The body is the file, plain or gzip. Running it twice adds nothing.',
  querystring: Type.Object({
    format: text('github, cloudtrail, kubernetes, cloudevents or keelson.'),
    name: Type.Optional(text('Name of the file.')),
    source: Type.Optional(text('Source that the events get.')),
  }),
}
