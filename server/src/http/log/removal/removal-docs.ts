import Type from 'typebox'
import { plain } from '../../route-schemas.ts'

/** What /openapi.json says of these routes; requests are checked by the code that takes them. */
const text = (description: string) => Type.String({ description })
const optional = (description: string) => Type.Optional(text(description))
const texts = (description: string) => Type.Array(Type.String(), { description })

const removal = (operationId: string, summary: string) => plain(operationId, 'removal', summary)
const byId = (of: string) => Type.Object({ id: text(`Id of the ${of}.`) })

const paging = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
  cursor: optional('nextCursor of the page before.'),
})
const approvers = Type.Optional(
  texts('Names of those who are to sign, where there are approvers; default the first of them.'),
)
const approval = Type.Object({
  key: text("The approver's name."),
  signature: text('base64url of the Ed25519 signature over the UTF-8 bytes of `record`.'),
})
const consent = Type.Optional(
  Type.Object(
    { name: text('An approver.'), signature: text('base64url of the signature over the record.') },
    { description: 'Needed once there are approvers: one of them agrees to the change.' },
  ),
)
const dryRun = Type.Optional(
  Type.Boolean({ description: 'Changes nothing, and answers with what would be done.' }),
)

export const docs = {
  searchSubject: {
    ...removal('searchSubject', 'What there is of a subject, and changes nothing'),
    body: Type.Object({ subject: text('Who it is, as events name them.') }),
  },
  requestErasure: {
    ...removal('requestErasure', "Erase a subject's personal fields by destroying their keys"),
    description: 'Answers 202. While an erasure of the subject is open a repeat gives that one.',
    body: Type.Object({
      subject: text('Who it is, as events name them. Kept nowhere once it is done.'),
      basis: text('The rule or the will that it is done for. Stays in the log: no personal data.'),
      request: text('What it answers, such as the number of a ticket. Stays in the log.'),
      approvers,
    }),
  },
  listErasures: { ...removal('listErasures', 'Erasures, the newest first'), querystring: paging },
  showErasure: { ...removal('readErasure', 'How far an erasure is'), params: byId('erasure') },
  approveErasure: {
    ...removal('approveErasure', 'Add the signature of an approver'),
    params: byId('erasure'),
    body: approval,
  },
  withdrawErasure: {
    ...removal('withdrawErasure', 'Take an erasure back that has not begun to remove'),
    params: byId('erasure'),
  },
  requestRedaction: {
    ...removal('requestRedaction', 'Take members out of an event'),
    description: 'Answers 202. The event keeps its leaf; a record says which members are gone.',
    body: Type.Object({
      eventId: text('Id of the event.'),
      pointers: texts('JSON Pointers below /payload or /metadata. They stay in the log.'),
      reason: text('Stays in the log: no personal data.'),
      approvers,
    }),
  },
  listRedactions: { ...removal('listRedactions', 'Redactions, the newest first'), querystring: paging },
  showRedaction: { ...removal('readRedaction', 'How far a redaction is'), params: byId('redaction') },
  approveRedaction: {
    ...removal('approveRedaction', 'Add the signature of an approver'),
    params: byId('redaction'),
    body: approval,
  },
  withdrawRedaction: {
    ...removal('withdrawRedaction', 'Take a redaction back that has not begun to remove'),
    params: byId('redaction'),
  },
  listApprovers: removal('listApprovers', 'Those who sign removals, also those who were revoked'),
  registerApprover: {
    ...removal('registerApprover', 'Register who signs removals from now on'),
    body: Type.Object({
      key: text('Verifier key, name+id+base64; its name is the name of the approver.'),
      approvalsNeeded: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      consent,
      dryRun,
    }),
  },
  revokeApprover: {
    ...removal('revokeApprover', 'Revoke an approver'),
    params: Type.Object({ name: text('Name of the approver.') }),
    body: Type.Object({ consent, dryRun }),
  },
  listHolds: removal('listHolds', 'Legal holds, the newest first, also those that were released'),
  setHold: {
    ...removal('setHold', 'Keep something from being removed'),
    body: Type.Object({
      scope: Type.Unknown({ description: '{"all": true}, {"subject": …} or {"stream": …}.' }),
      reason: text('Stays in the log: no personal data.'),
    }),
  },
  releaseHold: {
    ...removal('releaseHold', 'Release a hold; what waited for it goes on'),
    description: 'Where it was released already nothing changes, and the answer has `isRepeat`.',
    params: byId('hold'),
    body: Type.Object({ reason: text('Stays in the log: no personal data.') }),
  },
  listPolicies: removal('listRetentionPolicies', 'For how long events are kept at least'),
  setPolicy: {
    ...removal('setRetentionPolicy', 'Make or change a retention policy'),
    description:
      'A locked policy stays locked and keeps events as long as it does, or longer. Once there are approvers nothing is removed by one that none has signed.',
    body: Type.Object({
      id: text('1 to 64 of a-z 0-9 . _ -'),
      minimumDays: Type.Integer({
        minimum: 0,
        maximum: 365_000,
        description: '0 for the policy `scavenge` alone, by which a scavenge removes.',
      }),
      locked: Type.Optional(Type.Boolean()),
      eventTypes: Type.Optional(texts('Only events of these types.')),
      consent,
      dryRun,
    }),
  },
  runRetention: {
    ...removal('applyRetention', 'Remove the content of events that a policy lets go'),
    description: 'Goes on where it was cut off. What a hold covers stays.',
    body: Type.Object({
      policy: text('Id of the policy.'),
      before: optional('Only what was recorded before this time, RFC 3339.'),
      dryRun,
    }),
  },
}
