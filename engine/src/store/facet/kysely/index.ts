export { createQueryBuilder, toStatement } from './query-builder.ts'
