const text = 'Events of a Keelson log, in its order'
const pattern = /: log ([0-9a-f-]{36})$/

/** What a stream says of itself, with the log that it is of: servers of every version have a place for that here alone. */
export const describeStream = (log?: string): string => (log === undefined ? text : `${text}: log ${log}`)

/** The log that a stream is of; undefined where it does not say. */
export const logOfStream = (description: string | undefined): string | undefined =>
  pattern.exec(description ?? '')?.[1]
