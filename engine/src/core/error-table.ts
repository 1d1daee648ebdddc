import { catalogErrors } from './catalog-errors.ts'
import { deliveryErrors } from './delivery-errors.ts'
import type { ErrorEntry } from './error-entry.ts'
import { notaryErrors } from './notary-errors.ts'
import { storeErrors } from './store-errors.ts'

/**
 * The one table of errors. A code is a word that is never reused or changes its meaning; its comment in
 * `meaning` says what happened and `remedy` what the caller should do. `status` is the HTTP status that the
 * server answers with, `retryable` whether the same call can succeed later without being changed.
 */
export const errorTable = {
  ...storeErrors,
  ...catalogErrors,
  ...deliveryErrors,
  ...notaryErrors,
  json_malformed: {
    status: 400,
    retryable: false,
    meaning: 'The text is not valid JSON.',
    remedy: 'Send RFC 8259 JSON; the detail names the place.',
  },
  json_too_deep: {
    status: 400,
    retryable: false,
    meaning: 'The JSON is nested too deeply.',
    remedy: 'Flatten it to at most 64 levels.',
  },
  json_duplicate_key: {
    status: 400,
    retryable: false,
    meaning: 'An object has the same key twice.',
    remedy: 'Send each key once; readers disagree on which one counts.',
  },
  json_number_unsafe: {
    status: 400,
    retryable: false,
    meaning: 'A number would lose precision.',
    remedy: 'Send it as a string, or keep it within ±(2^53−1) and 17 digits.',
  },
  json_lone_surrogate: {
    status: 400,
    retryable: false,
    meaning: 'A string holds half of a surrogate pair.',
    remedy: 'Send well-formed Unicode.',
  },
  json_forbidden_key: {
    status: 400,
    retryable: false,
    meaning: 'An object has the key "__proto__".',
    remedy: 'Rename the key; it can corrupt programs that read the event.',
  },
  utf8_invalid: {
    status: 400,
    retryable: false,
    meaning: 'The bytes are not valid UTF-8.',
    remedy: 'Encode the request as UTF-8.',
  },
  envelope_invalid: {
    status: 422,
    retryable: false,
    meaning: 'The envelope has missing or wrong fields.',
    remedy: 'Correct the fields that `errors` lists.',
  },
  payload_invalid: {
    status: 422,
    retryable: false,
    meaning: 'The payload does not fit the schema of its event type.',
    remedy: 'Correct the fields that `errors` lists.',
  },
  event_type_unknown: {
    status: 422,
    retryable: false,
    meaning: 'No such event type is in the catalogue.',
    remedy: 'Use a known type, or let the tenant keep unknown types.',
  },
  event_version_unknown: {
    status: 422,
    retryable: false,
    meaning: 'The event type has no such schema version.',
    remedy: 'Use a version that the catalogue lists.',
  },
  event_type_derived: {
    status: 422,
    retryable: false,
    meaning: 'Events of this type are derived from the log, not published.',
    remedy: 'Publish the event that it follows from.',
  },
  event_type_reserved: {
    status: 422,
    retryable: false,
    meaning: 'Only Keelson itself writes events of this type, when it has done what they say.',
    remedy: 'Call for what is to be done, such as sealing a stream; publish other events.',
  },
  event_in_future: {
    status: 422,
    retryable: false,
    meaning: 'occurredAt lies too far in the future.',
    remedy: "Correct the sender's clock; up to 5 minutes ahead are accepted.",
  },
  event_too_large: {
    status: 413,
    retryable: false,
    meaning: 'The event is larger than the limit.',
    remedy: 'Store large content elsewhere and send a reference.',
  },
  event_id_conflict: {
    status: 409,
    retryable: false,
    meaning: 'This eventId is already stored with other content.',
    remedy: 'Use a new eventId for a new event; repeat an event unchanged.',
  },
  idempotency_key_conflict: {
    status: 409,
    retryable: false,
    meaning: 'This idempotency key was used with other content.',
    remedy: 'Use a new key for a new request.',
  },
  stream_not_sealed: {
    status: 409,
    retryable: false,
    meaning: 'The stream still takes events, so it cannot be archived.',
    remedy: 'Seal it first.',
  },
  blob_invalid: {
    status: 400,
    retryable: false,
    meaning: 'The name of a blob is malformed, or its content is too large.',
    remedy: 'Correct what the detail names.',
  },
  record_unmappable: {
    status: 422,
    retryable: false,
    meaning: 'The source record cannot be mapped to an audit event.',
    remedy: 'Check that the format is right; the record is reported and kept.',
  },
  format_unknown: {
    status: 400,
    retryable: false,
    meaning: 'No importer has this name.',
    remedy: 'Use one of the formats that the detail lists.',
  },
  tenant_required: {
    status: 400,
    retryable: false,
    meaning: 'The call does not say which tenant it acts for.',
    remedy: 'Name it in the header Keelson-Tenant, or use a key of the tenant.',
  },
  tenant_unknown: {
    status: 404,
    retryable: false,
    meaning: 'There is no such tenant.',
    remedy: 'Create it with POST /v1/tenants.',
  },
  tenant_exists: {
    status: 409,
    retryable: false,
    meaning: 'The tenant exists already.',
    remedy: 'Use another id.',
  },
  tenant_mismatch: {
    status: 403,
    retryable: false,
    meaning: 'The event names another tenant than the credential.',
    remedy: "Leave tenantId out, or send with that tenant's key.",
  },
  authentication_required: {
    status: 401,
    retryable: false,
    meaning: 'No API key was sent.',
    remedy: 'Send `Authorization: Bearer <key>`.',
  },
  authentication_failed: {
    status: 401,
    retryable: false,
    meaning: 'The API key is wrong or revoked.',
    remedy: 'Check the key, or ask an administrator for a new one.',
  },
  permission_denied: {
    status: 403,
    retryable: false,
    meaning: 'The role of this key does not allow the call.',
    remedy: 'Use a key whose role has the permission that the detail names.',
  },
  request_invalid: {
    status: 400,
    retryable: false,
    meaning: 'The request is not well formed.',
    remedy: 'Correct what `errors` or the detail names.',
  },
  request_too_large: {
    status: 413,
    retryable: false,
    meaning: 'The request body is larger than the limit.',
    remedy: 'Send fewer events at a time.',
  },
  request_timeout: {
    status: 408,
    retryable: true,
    meaning: 'The request did not arrive in time.',
    remedy: 'Send it again; nothing of it was stored unless a receipt came.',
  },
  content_type_unsupported: {
    status: 415,
    retryable: false,
    meaning: 'The content type is not supported here.',
    remedy: 'Use one that the detail lists.',
  },
  encoding_unsupported: {
    status: 415,
    retryable: false,
    meaning: 'The content encoding is not supported.',
    remedy: 'Send the body plain or with gzip.',
  },
  compression_invalid: {
    status: 400,
    retryable: false,
    meaning: 'The compressed body is damaged or cut off.',
    remedy: 'Compress it again and resend.',
  },
  decompression_limit: {
    status: 413,
    retryable: false,
    meaning: 'The body unpacks to more than the limit.',
    remedy: 'Send smaller parts.',
  },
  query_invalid: {
    status: 400,
    retryable: false,
    meaning: 'The query has a wrong parameter.',
    remedy: 'Correct what the detail names.',
  },
  cursor_invalid: {
    status: 400,
    retryable: false,
    meaning: 'The cursor was not made by this query.',
    remedy: 'Start again without a cursor.',
  },
  event_not_found: {
    status: 404,
    retryable: false,
    meaning: 'There is no such event in this tenant.',
    remedy: 'Check the id and the tenant.',
  },
  not_found: {
    status: 404,
    retryable: false,
    meaning: 'There is nothing here.',
    remedy: 'Check the id or the name, and the tenant; /openapi.json has the paths.',
  },
  move_refused: {
    status: 409,
    retryable: false,
    meaning: 'A store cannot be moved there.',
    remedy: 'Name an empty target, or the one where the move of this source was begun.',
  },
  projection_behind: {
    status: 503,
    retryable: true,
    meaning: 'A projection has not come as far in the log as this needs, and does not move.',
    remedy: 'See why it stands still; what it fails with is in the log of the server and in `/readyz`.',
  },
  move_unfinished: {
    status: 409,
    retryable: true,
    meaning: 'A move into this store has not finished.',
    remedy: 'Run `keelson move` again until it says that it has, or empty the database.',
  },
  file_exists: {
    status: 409,
    retryable: false,
    meaning: 'The file is there already.',
    remedy: 'Name another file, or remove the old one.',
  },
  too_many_streams: {
    status: 429,
    retryable: true,
    meaning: 'Too many live streams are open.',
    remedy: 'Close some, or try again later.',
  },
  not_ready: {
    status: 503,
    retryable: true,
    meaning: 'The server is starting or stopping.',
    remedy: 'Send again shortly.',
  },
  internal_error: {
    status: 500,
    retryable: true,
    meaning: 'Something failed inside the server.',
    remedy: 'Report it with the request id.',
  },
} as const satisfies Record<string, ErrorEntry>
