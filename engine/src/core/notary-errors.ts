import type { ErrorEntry } from './error-entry.ts'

/** The rows of the error table about the tenant log: its keys, its proofs, and what is removed from it. */
export const notaryErrors = {
  // Bundle.
  bundle_busy: {
    status: 429,
    retryable: true,
    meaning: 'Too many bundles are being made at the moment.',
    remedy: 'Try again when the others are done.',
  },
  bundle_damaged: {
    status: 422,
    retryable: false,
    meaning: 'The bundle did not arrive whole.',
    remedy: 'Export it again.',
  },
  bundle_outdated: {
    status: 409,
    retryable: true,
    meaning: 'Content was removed while the bundle was made.',
    remedy: 'Export it again when the removal is done.',
  },
  bundle_range_invalid: {
    status: 400,
    retryable: false,
    meaning: 'The log does not have the leaves asked for.',
    remedy: 'Ask for leaves below the size of the log, the first one before the last.',
  },
  // Keys.
  key_file_exposed: {
    status: 500,
    retryable: false,
    meaning: 'Others than its owner can read the key file.',
    remedy:
      'Let only the user that runs Keelson read it (mode 600), or allow it where the system demands it.',
  },
  key_file_invalid: {
    status: 500,
    retryable: false,
    meaning: 'The key file or text holds something that is no key.',
    remedy: 'Give one key a line, each base64 of 32 random bytes; the first one wraps.',
  },
  key_ring_denied: {
    status: 500,
    retryable: false,
    meaning: 'The key store does not let Keelson use the key.',
    remedy: 'Give it the right to wrap and unwrap with the key, and to read its version.',
  },
  key_ring_incomplete: {
    status: 500,
    retryable: false,
    meaning:
      'Keys of a tenant are wrapped by a version of its own key that is not there, or not found by their subject.',
    remedy: 'Restore the store from a backup that is whole; nothing is sealed for the tenant until then.',
  },
  key_ring_locked: {
    status: 503,
    retryable: true,
    meaning: 'The keys cannot be reached at the moment.',
    remedy: 'See that the key store answers; nothing is sealed until it does.',
  },
  key_ring_lost: {
    status: 500,
    retryable: false,
    meaning: 'The key that wraps the keys of the tenants is not there any more.',
    remedy: 'Put the key file back from its backup; a new key could not read what is there.',
  },
  key_ring_wrong: {
    status: 500,
    retryable: false,
    meaning: 'The keys of the tenants were wrapped by another key than the one given.',
    remedy: 'Start with the key that this store was sealed with.',
  },
  // Log.
  checkpoint_pending: {
    status: 409,
    retryable: true,
    meaning: 'No checkpoint covers the entry yet.',
    remedy: 'Ask again after a second.',
  },
  log_damaged: {
    status: 500,
    retryable: false,
    meaning: "What is kept of the log's tree is missing or is not what was signed.",
    remedy:
      'Run `keelson doctor`, and restore the store from a backup where it finds faults; the detail names what is damaged.',
  },
  log_forked: {
    status: 500,
    retryable: false,
    meaning: 'The log does not continue what was signed before.',
    remedy: 'Keep the store as it is and find out who changed it; no checkpoint is signed any more.',
  },
  log_heads_damaged: {
    status: 500,
    retryable: false,
    meaning: 'What is remembered of the heads of logs has lines that are none, which may be of this log.',
    remedy: 'Restore the file `log-heads`, or look at its lines and run `keelson log accept-heads`.',
  },
  witness_refused: {
    status: 409,
    retryable: false,
    meaning: 'The witness does not sign the checkpoint.',
    remedy: 'Send it the checkpoint with a proof from the size that it names.',
  },
  // Proof.
  sealed_damaged: {
    status: 500,
    retryable: false,
    meaning: 'A sealed field cannot be opened: it was altered, or the key is another one.',
    remedy: 'Restore the event from a backup, and check the store.',
  },
  sealed_member_reserved: {
    status: 422,
    retryable: false,
    meaning: 'The event has a member that Keelson keeps for sealed fields.',
    remedy: 'Give the member `_sd` another name.',
  },
  // Removal.
  approval_invalid: {
    status: 403,
    retryable: false,
    meaning: 'The signature is not one of a registered approver over this very record.',
    remedy: 'Sign the record as it was given, with a key that is registered and not revoked.',
  },
  approver_exists: {
    status: 409,
    retryable: false,
    meaning: 'An approver of this name or with this key was registered before.',
    remedy: 'Use a new name for a new key; neither is ever used again.',
  },
  policy_locked: {
    status: 409,
    retryable: false,
    meaning: 'The retention policy is locked: it can only keep more, and longer.',
    remedy: 'Give at least the days that it has, or make another policy.',
  },
  removal_begun: {
    status: 409,
    retryable: false,
    meaning: 'The content is being removed, or is gone already.',
    remedy: 'See its state; what was removed cannot be brought back.',
  },
  removal_held: {
    status: 409,
    retryable: false,
    meaning: 'A legal hold covers what is to be removed.',
    remedy: 'It is carried out when the hold is released.',
  },
  removal_running: {
    status: 409,
    retryable: true,
    meaning: 'Content of this tenant is being removed at this moment and is not recorded yet.',
    remedy: 'Try again in some seconds.',
  },
  subject_unknown: {
    status: 404,
    retryable: false,
    meaning: 'Nothing is sealed for this subject.',
    remedy: 'Check how events name the subject; what was erased is not found any more.',
  },
} as const satisfies Record<string, ErrorEntry>
