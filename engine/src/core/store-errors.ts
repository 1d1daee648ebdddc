import type { ErrorEntry } from './error-entry.ts'

/** The rows of the error table about the event store. */
export const storeErrors = {
  version_conflict: {
    status: 409,
    retryable: false,
    meaning: 'The stream is not at the expected version.',
    remedy: 'Read the stream again and decide anew; `actual` has its version.',
  },
  append_condition_failed: {
    status: 409,
    retryable: false,
    meaning: 'An event that the append was not to follow is in the log.',
    remedy: 'Read what the decision depends on again and decide anew; `matched` has its position.',
  },
  stream_closed: {
    status: 409,
    retryable: false,
    meaning: 'The stream is sealed or tombstoned and takes no events.',
    remedy: 'Write to another stream; what was sealed stays as it is.',
  },
  stream_tombstoned: {
    status: 410,
    retryable: false,
    meaning: 'The stream was tombstoned and is not read any more.',
    remedy: 'Nothing; it was deleted on purpose.',
  },
  stream_not_found: {
    status: 404,
    retryable: false,
    meaning: 'The stream has no events.',
    remedy: 'Check its name and the tenant.',
  },
  event_removed: {
    status: 410,
    retryable: false,
    meaning: 'The content of the event was lawfully removed; its leaf is still in the log.',
    remedy: 'Nothing; the log records why it was removed.',
  },
  event_archived: {
    status: 409,
    retryable: false,
    meaning: 'The content of the event is in the archive, which this store was opened without.',
    remedy:
      'Open the store with the blob store that holds the archive; start the server with --archive or KEELSON_ARCHIVE.',
  },
  archive_damaged: {
    status: 500,
    retryable: false,
    meaning: 'A segment of the archive is missing or is not what was written.',
    remedy: 'Restore the blob store from its backup; the detail names the blob.',
  },
  blob_exists: {
    status: 409,
    retryable: false,
    meaning: 'The blob store has other content under this name.',
    remedy: 'Use another name, or remove the blob if nothing refers to it.',
  },
  blob_failed: {
    status: 503,
    retryable: true,
    meaning: 'The blob store cannot be reached or refused the call.',
    remedy: 'Check its address, credentials and space.',
  },
  append_invalid: {
    status: 400,
    retryable: false,
    meaning: 'The append is not well formed.',
    remedy: 'Correct what the detail names.',
  },
  read_invalid: {
    status: 400,
    retryable: false,
    meaning: 'The read is not well formed.',
    remedy: 'Correct what the detail names.',
  },
  position_unknown: {
    status: 400,
    retryable: false,
    meaning: 'The position or version lies beyond the end of the log.',
    remedy: 'Check that it was given by this store; read again from a place that it has.',
  },
  document_conflict: {
    status: 409,
    retryable: true,
    meaning: 'The document is not at the expected revision.',
    remedy: 'Read it again and decide anew; `actual` has its revision.',
  },
  tenant_deleted: {
    status: 410,
    retryable: false,
    meaning: 'The tenant was deleted with all that it had.',
    remedy: 'Nothing; what is left is the proof that its log was there.',
  },
  store_busy: {
    status: 503,
    retryable: true,
    meaning: 'Too many events are waiting to be written.',
    remedy: 'Send again after `Retry-After` seconds.',
  },
  store_full: {
    status: 507,
    retryable: true,
    meaning: 'The disk or the database file is full.',
    remedy: 'Free space; nothing of the request was stored.',
  },
  store_closed: {
    status: 503,
    retryable: true,
    meaning: 'The store is shutting down.',
    remedy: 'Send again to a running server.',
  },
  store_too_new: {
    status: 500,
    retryable: false,
    meaning: 'The database was made by a newer Keelson.',
    remedy: 'Run that version, or a newer one.',
  },
  store_foreign: {
    status: 500,
    retryable: false,
    meaning: 'The file is not a Keelson database.',
    remedy: 'Name another data directory.',
  },
  store_unwritable: {
    status: 500,
    retryable: false,
    meaning: 'The database cannot be written where it lies.',
    remedy: 'Name a data directory that this user may write to.',
  },
  store_locked: {
    status: 503,
    retryable: true,
    meaning: 'Another process holds the database.',
    remedy: 'End that process, or try again when it is done.',
  },
  store_unreachable: {
    status: 503,
    retryable: true,
    meaning: 'The database server cannot be reached.',
    remedy: 'Check its address and whether it runs; the call can be repeated.',
  },
  store_not_permitted: {
    status: 500,
    retryable: false,
    meaning: 'The database user lacks a permission that Keelson needs.',
    remedy: 'Grant what the detail names, or connect as the owner of the database.',
  },
  store_shards_differ: {
    status: 500,
    retryable: false,
    meaning: 'The store was made with another number of shards.',
    remedy: 'Open it with the number that the detail names; it cannot be changed later.',
  },
  store_damaged: {
    status: 500,
    retryable: false,
    meaning: 'The database is damaged.',
    remedy: 'Run `keelson doctor`, and restore from a backup where it finds faults.',
  },
  store_failed: {
    status: 500,
    retryable: true,
    meaning: 'The database failed.',
    remedy: 'See the server log; nothing of the request was stored.',
  },
  checkpoint_conflict: {
    status: 409,
    retryable: true,
    meaning: 'Another process moved this checkpoint.',
    remedy: 'Read the checkpoint again and go on from there.',
  },
} as const satisfies Record<string, ErrorEntry>
