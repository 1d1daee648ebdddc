import type { JsonValue } from '../../core/index.ts'
import { KeelsonError } from '../../core/index.ts'
import { checkName, checkTenant } from '../names.ts'
import type { Document, DocumentQuery, Scope, SqlValue } from '../types.ts'
import type { Select } from './event-select.ts'

const columns = 'SELECT tenant, collection, id, revision, due, value FROM document'
const defaultLimit = 100
const maxLimit = 1_000

/** Statements that read documents, in both dialects. */
export const documentSelect = {
  one(tenantId: string, collection: string, id: string): Select {
    checkName('collection', collection)
    checkName('document', id)
    return {
      sql: `${columns} WHERE tenant = ? AND collection = ? AND id = ?`,
      params: [tenantId, collection, id],
    }
  },
  /** Goes from each collection to the next one by the index, whatever is in them. */
  collections(tenantId: string): Select {
    checkTenant(tenantId)
    return {
      sql: `WITH RECURSIVE found (name) AS (
        SELECT min(collection) FROM document WHERE tenant = ?
        UNION ALL
        SELECT (SELECT min(collection) FROM document WHERE tenant = ? AND collection > found.name)
        FROM found WHERE found.name IS NOT NULL)
        SELECT name FROM found WHERE name IS NOT NULL`,
      params: [tenantId, tenantId],
    }
  },
  many(scope: Scope, collection: string, query: DocumentQuery): Select {
    const { after, dueUntil, isBackwards, limit } = checkDocumentQuery(scope, collection, query)
    const where = ['collection = ?']
    const params: SqlValue[] = [collection]
    if (scope.tenantId !== 'every tenant') {
      where.push('tenant = ?')
      params.push(scope.tenantId)
    }
    if (dueUntil !== undefined) {
      where.push('due IS NOT NULL', 'due <= ?')
      params.push(dueUntil)
    }
    if (after !== undefined) {
      where.push(isBackwards ? 'id < ?' : 'id > ?')
      params.push(after)
    }
    const byId = isBackwards ? 'id DESC, tenant DESC' : 'id, tenant'
    const order = dueUntil === undefined ? byId : 'due, id, tenant'
    return {
      sql: `${columns} WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ?`,
      params: [...params, limit],
    }
  },
} as const

/** The query with its defaults. @throws KeelsonError `read_invalid` naming what is wrong. */
export function checkDocumentQuery(
  scope: Scope,
  collection: string,
  { after, dueUntil, direction = 'forwards', limit = defaultLimit }: DocumentQuery,
): { after: string | undefined; dueUntil: number | undefined; isBackwards: boolean; limit: number } {
  if (scope.tenantId !== 'every tenant') checkTenant(scope.tenantId)
  else if (after !== undefined)
    throw new KeelsonError('read_invalid', 'Ids are in order within a tenant: read one tenant after an id')
  checkName('collection', collection)
  if (after !== undefined && dueUntil !== undefined)
    throw new KeelsonError(
      'read_invalid',
      'Documents are read by id (after) or by when they are due, not both',
    )
  if (direction !== 'forwards' && direction !== 'backwards')
    throw new KeelsonError('read_invalid', 'A direction is forwards or backwards')
  const isBackwards = direction === 'backwards'
  if (isBackwards && dueUntil !== undefined)
    throw new KeelsonError('read_invalid', 'What is due is read forwards, the earliest first')
  if (after !== undefined) checkName('document', after)
  if (dueUntil !== undefined && !Number.isSafeInteger(dueUntil))
    throw new KeelsonError('read_invalid', `Documents due until "${String(dueUntil)}" cannot be read`)
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > maxLimit)
    throw new KeelsonError('read_invalid', `The limit is "${String(limit)}", not 1 to ${maxLimit}`)
  return { after, dueUntil, isBackwards, limit }
}

export function toDocument(row: readonly SqlValue[]): Document {
  return {
    tenantId: row[0] as string,
    collection: row[1] as string,
    id: row[2] as string,
    revision: Number(row[3]),
    due: row[4] === null ? undefined : Number(row[4]),
    value: JSON.parse(row[5] as string) as JsonValue,
  }
}
