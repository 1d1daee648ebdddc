import type { SelectDialect } from '../read/event-select.ts'

export const sqliteDialect: SelectDialect = { bodyCorrelation: "e.body ->> '$.correlationId'" }
