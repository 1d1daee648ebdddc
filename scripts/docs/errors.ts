import { errorTable } from 'keelson'
import { code, table } from './table.ts'

/** Every code of the error table. */
export function errorSection(): string {
  const rows = Object.entries(errorTable)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { status, retryable, meaning, remedy }]) => [
      code(name),
      String(status),
      retryable ? 'yes' : 'no',
      meaning,
      remedy,
    ])
  return table(['code', 'status', 'retry', 'what it means', 'what to do'], rows)
}
