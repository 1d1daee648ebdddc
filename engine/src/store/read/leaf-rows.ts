import { KeelsonError } from '../../core/index.ts'
import type { LeafRow, SqlValue } from '../types.ts'

export interface LeafOptions {
  /** Position. */
  readonly after: number
  readonly limit: number
}

/** Leaves that are given at a time. */
const maxLeaves = 10_000

/** @throws KeelsonError `read_invalid` naming the option. */
export function checkLeafOptions({ after, limit }: LeafOptions): void {
  if (!Number.isSafeInteger(after) || after < 0)
    throw new KeelsonError('read_invalid', `Leaves are read after a position, not "${String(after)}"`)
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > maxLeaves)
    throw new KeelsonError(
      'read_invalid',
      `Leaves are read 1 to ${maxLeaves} at a time, not "${String(limit)}"`,
    )
}

/** From a row of position, tenant, sequence and hash. */
export const toLeafRow = (row: readonly SqlValue[]): LeafRow => ({
  position: row[0] as number,
  tenantId: row[1] as string,
  sequence: row[2] as number,
  leafHash: row[3] as string,
})
