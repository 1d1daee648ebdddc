/**
 * Whether a type is named like the records of a tenant's log, such as `LogErasureRecorded`: `Log` and a capital letter.
 * Such names are Keelson's, those too that no record has yet, so that nothing in a log passes for a record of it.
 */
export const isLogRecordName = (type: string): boolean => /^Log[A-Z]/.test(type)

/** What is wrong with a name that somebody else wants. */
export const logRecordNameWords =
  'names that begin with "Log" and a capital letter are kept for the records of the log'
