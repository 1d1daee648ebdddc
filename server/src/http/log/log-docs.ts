import Type from 'typebox'
import { plain } from '../route-schemas.ts'

/** What /openapi.json says of these routes; requests are checked by the code that takes them. */
const text = (description: string) => Type.String({ description })
const optional = (description: string) => Type.Optional(text(description))
const whole = (description: string, maximum = Number.MAX_SAFE_INTEGER) =>
  Type.Integer({ minimum: 0, maximum, description })

const log = (operationId: string, summary: string) => plain(operationId, 'log', summary)
const event = (operationId: string, summary: string) => plain(operationId, 'events', summary)
const byEvent = Type.Object({ eventId: text('Id of the event.') })

/** What is answered in another form than JSON. */
const inForm = (schema: ReturnType<typeof plain>, description: string) => ({ ...schema, description })

export const docs = {
  status: log('readLog', 'How far the log is signed, and by whom'),
  checkpoint: {
    ...inForm(
      log('readCheckpoint', 'A signed head of the log'),
      'text/plain: a signed note of C2SP tlog-checkpoint.',
    ),
    querystring: Type.Object({
      size: Type.Optional(whole('Leaves that it covers; the newest when absent.')),
    }),
  },
  checkpoints: {
    ...log('listCheckpoints', 'Signed heads of the log, the newest first'),
    querystring: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
      cursor: optional('nextCursor of the page before.'),
    }),
  },
  sign: inForm(log('signCheckpoint', 'Sign the log up to its end'), 'text/plain: the signed note.'),
  timestamp: {
    ...inForm(
      log('readTimestamp', 'The time stamp of a signed head'),
      'application/timestamp-reply: an RFC 3161 response over the three lines of the checkpoint.',
    ),
    querystring: Type.Object({ size: whole('Leaves that the head covers.') }),
  },
  metaProof: log('proveHead', "That the log's head is in the log of the platform"),
  policy: inForm(
    log('readLogPolicy', 'Keys of the log and its witnesses'),
    'text/plain: a policy of C2SP tlog-policy.',
  ),
  tile: {
    ...inForm(
      log('readTile', 'A tile of the tree, or of the leaves themselves'),
      'application/octet-stream, as C2SP tlog-tiles has it: `<level>/<N>`, `entries/<N>`, with `.p/<width>` where it is not full.',
    ),
    params: Type.Object({ '*': text('Path of the tile, such as 0/x001/067.') }),
  },
  inclusion: {
    ...log('proveInclusion', 'That a leaf is in the log of a size'),
    querystring: Type.Object({
      index: whole('Index of the leaf.'),
      size: Type.Optional(whole('Size of a signed head; the newest when absent.')),
    }),
  },
  consistency: {
    ...log('proveConsistency', 'That the log of a size goes on from an earlier one'),
    querystring: Type.Object({
      from: whole('The earlier size.'),
      to: Type.Optional(whole('The later size; that of the newest signed head when absent.')),
    }),
  },
  startCheck: {
    ...log('startLogCheck', 'Check every entry of the log against its newest head'),
    description: 'Answers 202 with the check, or with the one that is running.',
  },
  showCheck: {
    ...log('readLogCheck', 'How far a check is, and what it has found'),
    params: Type.Object({ id: text('Id of the check.') }),
  },
  bundle: {
    ...inForm(
      log('exportBundle', 'Evidence to verify without Keelson'),
      'application/x-tar: signed head, leaves, contents, tiles and a signed manifest. What arrives is whole only where it ends as a tar does.',
    ),
    querystring: Type.Object({
      from: Type.Optional(whole('First leaf; default 0.')),
      to: Type.Optional(whole('The leaf behind the last one; default the size of the log.')),
      prev: Type.Optional(whole('Size of an earlier head that the log is shown to go on from.')),
      personal: Type.Optional(
        Type.Enum(['shown', 'hidden'], { description: 'Default: shown to keys that see personal fields.' }),
      ),
      proof: Type.Optional(
        Type.Array(Type.String(), { description: 'Events whose proofs come along, at most 50.' }),
      ),
    }),
  },
  rotate: log('rotateLogKey', 'Sign the log with a new key from now on'),
  proof: {
    ...inForm(
      event('readEventProof', 'Proof that an event is in the log'),
      'text/plain: c2sp.org/tlog-proof@v1 with the leaf.',
    ),
    params: byEvent,
  },
  sealed: {
    ...event('readSealedEvent', 'What an event is verified with: leaf, body, blind and disclosures'),
    params: byEvent,
  },
}
