import type { ErrorEntry } from './error-entry.ts'

/** The rows of the error table about schemas and encodings. */
export const catalogErrors = {
  encoding_invalid: {
    status: 400,
    retryable: false,
    meaning: 'The bytes are not what their schema says: damaged, cut off, or written with another schema.',
    remedy: 'Check which schema they were written with, and send them whole.',
  },
  schema_invalid: {
    status: 422,
    retryable: false,
    meaning: 'The schema is not well formed, or lies outside of what is supported.',
    remedy: 'Correct what the detail names.',
  },
  schema_incompatible: {
    status: 409,
    retryable: false,
    meaning: 'The schema is not compatible with the one that it is compared to.',
    remedy: 'Change what the detail names, or give the breaking schema a name of its own.',
  },
  stream_reserved: {
    status: 422,
    retryable: false,
    meaning: 'Only Keelson itself writes to this stream, and it cannot be closed.',
    remedy: 'Give the event another aggregate.',
  },
  event_version_unreadable: {
    status: 406,
    retryable: false,
    meaning: 'No caster leads from the version of the event to one that the reader accepts.',
    remedy: 'Accept another version, or define a caster; the detail names what can be reached.',
  },
  event_cast_failed: {
    status: 500,
    retryable: false,
    meaning: 'A caster threw, or gave a payload that its target version does not allow.',
    remedy: 'Correct the caster that the detail names; the stored event is untouched.',
  },
  schema_not_found: {
    status: 404,
    retryable: false,
    meaning: 'There is no such subject, version or schema in the registry.',
    remedy: 'Check the name, version or id, and the tenant; `missing` says which of them is not there.',
  },
  schema_subject_taken: {
    status: 409,
    retryable: false,
    meaning: 'The name belongs to the platform, so a tenant cannot register schemas under it.',
    remedy: 'Register the schema under another name.',
  },
  schema_not_deleted: {
    status: 409,
    retryable: false,
    meaning: 'What is to be deleted for good was not deleted before.',
    remedy: 'Delete it first without `permanent`, and then for good.',
  },
  schema_referenced: {
    status: 409,
    retryable: false,
    meaning: 'Other schemas refer to this version of the subject.',
    remedy: 'Delete the schemas that refer to it first.',
  },
  schema_read_only: {
    status: 409,
    retryable: false,
    meaning: 'The subject, or the whole registry of the tenant, takes no changes.',
    remedy: 'Set its mode to READWRITE first.',
  },
  schema_limit_reached: {
    status: 409,
    retryable: false,
    meaning: 'The registry of this tenant is full.',
    remedy: 'Delete subjects that nobody uses; the detail names the limit.',
  },
  precondition_failed: {
    status: 412,
    retryable: false,
    meaning: 'What was to be changed is not as If-Match says.',
    remedy: 'Read it again, and send the change with its new ETag.',
  },
} as const satisfies Record<string, ErrorEntry>
