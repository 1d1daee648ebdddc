import { link } from '../append/links.ts'
import type { EventFilter, SqlValue } from '../types.ts'

/** What the two databases write differently. */
export interface SelectDialect {
  /** The shard to read, where the tables have one. */
  readonly shard?: number
  /** Expression for the correlation id in the body of an event `e`. */
  readonly bodyCorrelation: string
}

/** A page of events to be read. */
export interface EventSelect {
  /** undefined for every tenant. */
  readonly tenantId: string | undefined
  /** undefined for the whole log. */
  readonly stream?: string
  /** Position, or version in a stream, that the page begins beyond. */
  readonly cursor: number
  /** Last position or version that it may have, when forwards. */
  readonly until?: number | undefined
  readonly direction: 'forwards' | 'backwards'
  readonly limit: number
  readonly filter?: EventFilter | undefined
  readonly withRemoved: boolean
}

/** A row of the table of types. */
export interface TypeRow {
  readonly id: number
  readonly name: string
  readonly topic: string
}

export interface Select {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

/** Columns of an event in the order that rows are read in. */
export const eventColumns =
  'e.position, e.sequence, n.name, s.name, e.version, t.name, e.leaf, e.leaf_hash, e.blind, e.body, e.state, e.secrets'

/** States of an event's body as they stand in the database: the last one is that of a deleted tenant's events. */
export const bodyStates = ['present', 'archived', 'removed', 'removed'] as const

/** Types up to which each is looked up by itself; with more the log is read through. */
const maxTypeBranches = 16

/** One way to match: every given part must hold. */
interface Branch {
  readonly links: readonly string[]
  /** Event id whose own correlation id it is. */
  readonly ownCorrelation: string | undefined
  readonly types: readonly number[] | undefined
}

/**
 * The statement for a page of events. A tenant's filtered read starts from the index of what it filters by, so that
 * it costs what it finds; each way to match gives at most a page of candidates, in order. A read of one stream, or of
 * every tenant, goes through its events and looks at each.
 */
export function selectEvents(select: EventSelect, types: readonly TypeRow[], dialect: SelectDialect): Select {
  const builder = new SelectBuilder(select, dialect)
  const branches = select.filter && branchesOf(select.filter, types)
  return builder.build(branches)
}

/** Whether the filter needs the table of types. */
export function needsTypes(filter: EventFilter | undefined): boolean {
  return (
    filter !== undefined &&
    (filter.types !== undefined ||
      filter.topics !== undefined ||
      (filter.query?.some(item => (item.types?.length ?? 0) > 0) ?? false))
  )
}

/** The ways in which an event can match; none where nothing can. */
export function branchesOf(filter: EventFilter, types: readonly TypeRow[]): Branch[] {
  const base = typeIds(filter.types, filter.topics, types)
  const causation = filter.causationId === undefined ? [] : [link.causation(filter.causationId)]
  const items = filter.query ?? [{}]
  const keyed = filter.subjectKeys?.map(kid => [link.subjectKey(kid)]) ?? [[]]
  return items.flatMap(item => {
    const own = item.types?.length ? typeIds(item.types, undefined, types) : undefined
    const ids = base && own ? base.filter(id => own.includes(id)) : (base ?? own)
    if (ids?.length === 0) return []
    return keyed.flatMap((key): Branch[] => {
      const links = [...key, ...causation, ...(item.tags ?? []).map(link.tag)]
      const plain: Branch = { links, ownCorrelation: undefined, types: ids }
      if (filter.correlationId === undefined) return [plain]
      return [
        { ...plain, links: [link.correlation(filter.correlationId), ...links] },
        { ...plain, ownCorrelation: filter.correlationId },
      ]
    })
  })
}

function typeIds(
  names: readonly string[] | undefined,
  topics: readonly string[] | undefined,
  types: readonly TypeRow[],
): number[] | undefined {
  if (names === undefined && topics === undefined) return undefined
  return types
    .filter(({ name, topic }) => (names?.includes(name) ?? true) && (topics?.includes(topic) ?? true))
    .map(({ id }) => id)
}

class SelectBuilder {
  readonly #select: EventSelect
  readonly #dialect: SelectDialect
  readonly #params: SqlValue[] = []

  constructor(select: EventSelect, dialect: SelectDialect) {
    this.#select = select
    this.#dialect = dialect
  }

  build(branches: readonly Branch[] | undefined): Select {
    const { stream, tenantId, limit } = this.#select
    const column = stream === undefined ? 'position' : 'version'
    const isIndexed = branches && stream === undefined && tenantId !== undefined
    const where = isIndexed
      ? `${this.#sharded('e')}e.position IN (${this.#candidates(branches)})`
      : [this.#range(column), ...(branches ? [this.#anyOf(branches)] : [])].join(' AND ')
    const order = `ORDER BY e.${column} ${this.#order}`
    const names = `JOIN tenant n ON ${this.#same('n')}n.id = e.tenant
      JOIN stream s ON ${this.#same('s')}s.id = e.stream
      JOIN event_type t ON ${this.#same('t')}t.id = e.type`
    // PostgreSQL must find the page before it looks up names: from new tables, whose sizes it does not know yet, it
    // would join everything that follows and sort it.
    const sql =
      this.#dialect.shard === undefined
        ? `SELECT ${eventColumns} FROM event e ${names} WHERE ${where} ${order} LIMIT ?`
        : `SELECT ${eventColumns} FROM (SELECT * FROM event e WHERE ${where} ${order} LIMIT ?) AS e ${names} ${order}`
    return { sql, params: [...this.#params, limit] }
  }

  get #order(): string {
    return this.#select.direction === 'forwards' ? 'ASC' : 'DESC'
  }

  /** Which events there are to look at, without the filter. */
  #range(column: 'position' | 'version'): string {
    const { tenantId, stream, cursor, until, direction, withRemoved } = this.#select
    const parts: string[] = []
    if (tenantId !== undefined) parts.push(`e.tenant = ${this.#tenant(tenantId)}`)
    if (stream !== undefined) {
      parts.push(
        `e.stream = (SELECT id FROM stream WHERE ${this.#sharded('')}tenant = ${this.#tenant(tenantId ?? '')} AND name = ${this.#value(stream)})`,
      )
    }
    parts.push(`e.${column} ${direction === 'forwards' ? '>' : '<'} ${this.#value(cursor)}`)
    if (until !== undefined) parts.push(`e.${column} <= ${this.#value(until)}`)
    if (!withRemoved) parts.push('e.state < 2')
    return this.#sharded('e') + parts.join(' AND ')
  }

  /** Positions from the indexes, a page of each branch; a branch of several types is one for each of them. */
  #candidates(branches: readonly Branch[]): string {
    const single = branches.flatMap(branch =>
      branch.links.length === 0 &&
      branch.ownCorrelation === undefined &&
      (branch.types?.length ?? 99) <= maxTypeBranches
        ? (branch.types as readonly number[]).map(type => ({ ...branch, types: [type] }))
        : [branch],
    )
    if (single.length === 0) return 'SELECT -1'
    const selects = single.map(branch => {
      const sql = `SELECT e.position FROM ${this.#from(branch)} AND ${this.#range('position')}${this.#types(branch)}`
      const more = branch.links.slice(1).map(one => ` AND ${this.#linked(one)}`)
      return `SELECT position FROM (${sql}${more.join('')} ORDER BY e.position ${this.#order} LIMIT ${this.#select.limit}) AS branch`
    })
    return selects.join(' UNION ')
  }

  /** The table that leads to a branch's events, joined to them, up to its own condition. */
  #from({ links: [first], ownCorrelation }: Branch): string {
    const tenant = this.#select.tenantId ?? ''
    if (ownCorrelation !== undefined) {
      return `event_id i JOIN event e ON ${this.#same('i')}e.position = i.position
        WHERE ${this.#sharded('i')}i.tenant = ${this.#tenant(tenant)} AND i.id = ${this.#value(ownCorrelation)}
        AND (e.state > 0 OR ${this.#dialect.bodyCorrelation} = ${this.#value(ownCorrelation)})${first === undefined ? '' : ` AND ${this.#linked(first)}`}`
    }
    if (first === undefined) return 'event e WHERE 1 = 1'
    return `event_link l JOIN event e ON ${this.#same('l')}e.position = l.position
      WHERE ${this.#sharded('l')}l.tenant = ${this.#tenant(tenant)} AND l.link = ${this.#value(first)}`
  }

  /** A condition on `e` alone, for events that are gone through. */
  #anyOf(branches: readonly Branch[]): string {
    if (branches.length === 0) return '1 = 0'
    const parts = branches.map(branch => {
      const { links, ownCorrelation, types } = branch
      const conditions = links.map(one => this.#linked(one))
      // The plus, or here the sum, keeps the planner from leaving the order of the log.
      if (types !== undefined) conditions.push(`e.type + 0 IN (${types.join(', ')})`)
      if (ownCorrelation !== undefined) {
        conditions.push(
          `EXISTS (SELECT 1 FROM event_id i WHERE ${this.#same('i')}i.tenant = e.tenant AND i.id = ${this.#value(ownCorrelation)} AND i.position = e.position)`,
          `(e.state > 0 OR ${this.#dialect.bodyCorrelation} = ${this.#value(ownCorrelation)})`,
        )
      }
      return conditions.length === 0 ? '1 = 1' : `(${conditions.join(' AND ')})`
    })
    return `(${parts.join(' OR ')})`
  }

  #types({ types, links, ownCorrelation }: Branch): string {
    if (types === undefined) return ''
    const [only] = types
    // A branch that starts from the index of types names the one type, so that the index gives the order.
    if (types.length === 1 && links.length === 0 && ownCorrelation === undefined)
      return ` AND e.type = ${only}`
    return ` AND e.type + 0 IN (${types.join(', ')})`
  }

  #linked(one: string): string {
    return `EXISTS (SELECT 1 FROM event_link m WHERE ${this.#same('m')}m.tenant = e.tenant AND m.link = ${this.#value(one)} AND m.position = e.position)`
  }

  #tenant(tenantId: string): string {
    return `(SELECT id FROM tenant WHERE ${this.#sharded('')}name = ${this.#value(tenantId)})`
  }

  /** Adds a parameter, in the order in which the text is made. */
  #value(value: SqlValue): string {
    this.#params.push(value)
    return '?'
  }

  #sharded(alias: string): string {
    const { shard } = this.#dialect
    return shard === undefined ? '' : `${alias === '' ? '' : `${alias}.`}shard = ${shard} AND `
  }

  #same(alias: string): string {
    return this.#dialect.shard === undefined ? '' : `${alias}.shard = e.shard AND `
  }
}
