export type { OutboxRelayOptions, OutboxRelayState, OutboxRelayStatus } from './outbox-relay.ts'
export { OutboxRelay } from './outbox-relay.ts'
export type { DeadOutboxRow, OutboxRow } from './outbox-row.ts'
export type { OutboxDialect, OutboxTable } from './outbox-schema.ts'
export { outboxSchema } from './outbox-schema.ts'
export type { DeadOutboxQuery, OutboxBacklog, OutboxLead, OutboxSource } from './outbox-source.ts'
export type {
  DrizzleTag,
  DrizzleTransaction,
  KyselyTransaction,
  OutboxTransaction,
  PgClient,
} from './outbox-transaction.ts'
export { drizzleTransaction, kyselyTransaction, pgTransaction } from './outbox-transaction.ts'
export type { PostgresOutboxOptions } from './postgres-outbox.ts'
export { PostgresOutbox } from './postgres-outbox.ts'
export type { OutboxClient, OutboxPool } from './postgres-pool.ts'
export type { OutboxPublisher } from './publish-batch.ts'
export type { SqliteDatabase, SqliteOutboxOptions } from './sqlite-outbox.ts'
export { SqliteOutbox } from './sqlite-outbox.ts'
export type { SyncDatabase, WriteOutboxOptions } from './write-outbox.ts'
export { writeOutbox, writeOutboxSync } from './write-outbox.ts'
