export type { SqliteStoreOptions } from './sqlite-store.ts'
export { openSqliteStore } from './sqlite-store.ts'
export type { TransactionAppender } from './transaction-appender.ts'
export { createTransactionAppender } from './transaction-appender.ts'
