import { isAddress, isPersonKind } from 'keelson'

/** What to find; each list is any-of, all that is given must hold. Times are RFC 3339 in UTC. */
export interface AuditFilter {
  readonly type?: readonly string[]
  /** Ids or names. */
  readonly actor?: readonly string[]
  readonly action?: readonly string[]
  /** Ids, names or kinds. */
  readonly resource?: readonly string[]
  readonly outcome?: readonly string[]
  readonly source?: readonly string[]
  readonly stream?: readonly string[]
  readonly correlationId?: readonly string[]
  /** From this time on. */
  readonly from?: string
  /** Before this time. */
  readonly to?: string
  readonly text?: string
  /** For whoever may not see personal data: people who are resources are not found by their names or addresses. */
  readonly withoutPersonal?: boolean
}

/** Columns of `audit_event` that a list of the filter is compared with; one of them must hold. */
export const columnsOf = {
  type: ['type'],
  actor: ['actor_id', 'actor_name'],
  action: ['action'],
  resource: ['resource_id', 'resource_name', 'resource_type'],
  outcome: ['outcome'],
  source: ['source'],
  stream: ['stream'],
  correlationId: ['correlation_id'],
} as const

/**
 * Whether a cell of a row is personal: of a person who is the resource the name is, and an id that is an address. So
 * says the engine of what it seals; rows hold it in the clear.
 */
export const isPersonal = (column: string, value: string, resourceType: string | null): boolean =>
  (column === 'resource_name' || (column === 'resource_id' && isAddress(value))) && isPersonKind(resourceType)

export type ListName = keyof typeof columnsOf
export const listNames = Object.keys(columnsOf) as ListName[]

/** Which of the matching rows, in which order. */
export interface Selected {
  /** By when it was recorded (default: the order of the log) or by when it occurred. */
  readonly sort?: 'recorded' | 'occurred'
  readonly order: 'asc' | 'desc'
  /** How many at the most. */
  readonly limit: number
  /** Goes on beyond this position. */
  readonly after?: number
}
