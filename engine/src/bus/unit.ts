import type { SqlValue, Statement, StoreCapabilities, UnitOfWork } from '../store/index.ts'
import { GatheredRows } from './gathered-rows.ts'

/** Collects what a handler writes; it is stored in one transaction with the subscription's checkpoint. */
export interface Unit {
  /** What the statements are written in. */
  readonly dialect: StoreCapabilities['sql']
  /** Adds a SQL statement with `?` parameters. */
  write(sql: string, params?: readonly SqlValue[]): void
  /** Adds a row, values by column. Rows go in before the next statement; over a network all of a table at once. */
  insert(table: string, row: Readonly<Record<string, SqlValue>>): void
  /** Adds events, documents or bodies to the same transaction. */
  add(parts: Pick<UnitOfWork, 'appends' | 'documents' | 'bodies' | 'statements'>): void
}

type Parts = Parameters<Unit['add']>[0]

/** A unit for a handler to write to, and what it has gathered. */
export function collectUnit(dialect: StoreCapabilities['sql']): {
  readonly unit: Unit
  parts(): Parts
} {
  const appends: NonNullable<UnitOfWork['appends']>[number][] = []
  const documents: NonNullable<UnitOfWork['documents']>[number][] = []
  const bodies: NonNullable<UnitOfWork['bodies']>[number][] = []
  const statements: Statement[] = []
  const rows = new GatheredRows(dialect)
  const write = (...more: readonly Statement[]) => {
    if (more.length > 0) statements.push(...rows.take(), ...more)
  }
  return {
    unit: {
      dialect,
      write: (sql, params = []) => write({ sql, params }),
      insert: (table, row) => rows.add(table, row),
      add: parts => {
        appends.push(...(parts.appends ?? []))
        documents.push(...(parts.documents ?? []))
        bodies.push(...(parts.bodies ?? []))
        write(...(parts.statements ?? []))
      },
    },
    parts: () => ({ appends, documents, bodies, statements: [...statements, ...rows.take()] }),
  }
}
