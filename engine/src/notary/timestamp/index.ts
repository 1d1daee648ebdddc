export type { TimestampAuthorityOptions } from './timestamp-authority.ts'
export { HttpTimestampAuthority, verifyTimestamp } from './timestamp-authority.ts'
export type { Timestamp } from './timestamp-token.ts'
