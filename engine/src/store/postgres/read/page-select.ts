import type { EventSelect, Select, TypeRow } from '../../read/event-select.ts'
import { branchesOf } from '../../read/event-select.ts'
import { pageBytes } from '../../read/paging.ts'
import type { SqlValue } from '../../types.ts'

type Branch = ReturnType<typeof branchesOf>[number]

/** Columns of the table that a page is made of. */
const columns =
  'e.position, e.tenant, e.sequence, e.stream, e.version, e.type, e.state, e.leaf, e.leaf_hash, e.blind, e.body, e.secrets'

/** Types up to which each is looked up by itself; with more the log is read through. */
const maxTypeBranches = 16

/**
 * The statement for a page of events, with `$1` markers; what is asked for is the same as with `selectEvents`. It is
 * written so that there is only one good way to carry it out, for a table that has just grown is planned without
 * knowledge of it: events are found in order by an index up to the limit, and only then looked at for their names.
 */
export function selectPage(select: EventSelect, shard: number, types: readonly TypeRow[]): Select {
  return new PageBuilder(select, shard).build(select.filter && branchesOf(select.filter, types))
}

class PageBuilder {
  readonly #select: EventSelect
  readonly #shard: number
  readonly #params: SqlValue[] = []

  constructor(select: EventSelect, shard: number) {
    this.#select = select
    this.#shard = shard
  }

  build(branches: readonly Branch[] | undefined): Select {
    const { stream, tenantId, direction } = this.#select
    const column = stream === undefined ? 'position' : 'version'
    const order = `${column} ${direction === 'forwards' ? 'ASC' : 'DESC'}`
    const found =
      branches && stream === undefined && tenantId !== undefined
        ? this.#byIndexes(branches)
        : this.#byOrder(column, branches)
    const limit = this.#value(this.#select.limit)
    // A name is looked up where it is another than that of the event before, in the transaction that may see it.
    const named = (table: string, id: string): string =>
      `CASE WHEN ${id} IS DISTINCT FROM last_${id} THEN
        coalesce((SELECT name FROM ${table} WHERE shard = ${this.#shard} AND id = page.${id}), '') END`
    // The page ends with the event that reaches its bytes, so that large events do not come by the hundred.
    const sql = `SELECT position, sequence, ${named('tenant', 'tenant')}, ${named('stream', 'stream')}, version,
        ${named('event_type', 'type')}, leaf, leaf_hash, blind, body, nullif(state, 0), nullif(secrets, '')
      FROM (
        SELECT *, sum(octet_length(body) + octet_length(secrets)) OVER so_far - octet_length(body) - octet_length(secrets)
            AS before, lag(tenant) OVER so_far AS last_tenant, lag(stream) OVER so_far AS last_stream, lag(type) OVER so_far AS last_type
        FROM (${found} ORDER BY e.${order} LIMIT ${limit}) AS found
        WINDOW so_far AS (ORDER BY ${order} ROWS UNBOUNDED PRECEDING)
      ) AS page WHERE before < ${pageBytes} ORDER BY ${order}`
    return { sql, params: this.#params }
  }

  /** Through the events in their order, looking at each. */
  #byOrder(column: 'position' | 'version', branches: readonly Branch[] | undefined): string {
    const conditions = [this.#range(column), ...(branches ? [this.#anyOf(branches)] : [])]
    return `SELECT ${columns} FROM event e WHERE ${conditions.join(' AND ')}`
  }

  /** From the indexes of what is asked for, each of which gives at most a page of positions, in order. */
  #byIndexes(branches: readonly Branch[]): string {
    const single = branches.flatMap(branch =>
      branch.links.length === 0 &&
      branch.ownCorrelation === undefined &&
      branch.types !== undefined &&
      branch.types.length <= maxTypeBranches
        ? branch.types.map(type => ({ ...branch, types: [type] }))
        : [branch],
    )
    const selects = single.map(branch => this.#candidates(branch))
    const positions = selects.length === 0 ? 'SELECT 0 AS position WHERE false' : selects.join(' UNION ')
    return `SELECT ${columns} FROM (${positions}) AS found, ${this.#eventAt('found.position')}`
  }

  #candidates({ links, ownCorrelation, types }: Branch): string {
    const [first, ...more] = links
    const order = this.#select.direction === 'forwards' ? 'ASC' : 'DESC'
    const limit = this.#value(this.#select.limit)
    const tenant = this.#tenant(this.#select.tenantId ?? '')
    const rest = more.map(one => ` AND ${this.#linked(one)}`).join('')
    let from: string
    if (ownCorrelation !== undefined) {
      const id = this.#value(ownCorrelation)
      const all = links.map(one => ` AND ${this.#linked(one)}`).join('')
      from = `event_id i, ${this.#eventAt('i.position')} WHERE i.shard = ${this.#shard} AND i.tenant = ${tenant}
        AND i.id = ${id} AND ${this.#range('position')} AND ${correlates(id)}${all}${anyType(types)}`
    } else if (first !== undefined) {
      const bounds = this.#bounds('l.position')
      from = `event_link l, ${this.#eventAt('l.position')} WHERE l.shard = ${this.#shard} AND l.tenant = ${tenant}
        AND l.link = ${this.#value(first)} AND ${bounds} AND ${this.#present()}${rest}${anyType(types)}`
    } else {
      // A single type is the start of an index whose order is that of the log.
      const type = types?.length === 1 ? ` AND e.type = ${types[0]}` : anyType(types)
      from = `event e WHERE ${this.#range('position')}${type}`
    }
    const by = first !== undefined && ownCorrelation === undefined ? 'l.position' : 'e.position'
    return `(SELECT ${by} FROM ${from} ORDER BY ${by} ${order} LIMIT ${limit})`
  }

  #eventAt(position: string): string {
    return `LATERAL (SELECT * FROM event WHERE shard = ${this.#shard} AND position = ${position} LIMIT 1) AS e`
  }

  /** Which events there are to look at, without the filter. */
  #range(column: 'position' | 'version'): string {
    const { tenantId, stream } = this.#select
    const parts = [`e.shard = ${this.#shard}`]
    if (stream !== undefined) {
      const id = `(SELECT id FROM stream WHERE shard = ${this.#shard} AND tenant = ${this.#tenant(tenantId ?? '')}
        AND name = ${this.#value(stream)})`
      // A stream's id is the position of its first event: partitions before it need not be looked at.
      parts.push(`e.stream = ${id}`, `e.position >= ${id}`)
    } else if (tenantId !== undefined) parts.push(`e.tenant = ${this.#tenant(tenantId)}`)
    parts.push(this.#bounds(`e.${column}`), this.#present())
    return parts.join(' AND ')
  }

  #bounds(column: string): string {
    const { cursor, until, direction } = this.#select
    const beyond = `${column} ${direction === 'forwards' ? '>' : '<'} ${this.#value(cursor)}`
    return until === undefined ? beyond : `${beyond} AND ${column} <= ${this.#value(until)}`
  }

  #present(): string {
    return this.#select.withRemoved ? 'true' : 'e.state < 2'
  }

  /** A condition on `e` alone, for events that are gone through. */
  #anyOf(branches: readonly Branch[]): string {
    if (branches.length === 0) return 'false'
    const parts = branches.map(({ links, ownCorrelation, types }) => {
      const conditions = links.map(one => this.#linked(one))
      if (ownCorrelation !== undefined) {
        const id = this.#value(ownCorrelation)
        conditions.push(
          `EXISTS (SELECT FROM event_id i WHERE i.shard = ${this.#shard} AND i.tenant = e.tenant AND i.id = ${id}
            AND i.position = e.position) AND ${correlates(id)}`,
        )
      }
      return `(true${conditions.map(one => ` AND ${one}`).join('')}${anyType(types)})`
    })
    return `(${parts.join(' OR ')})`
  }

  #linked(one: string): string {
    return `EXISTS (SELECT FROM event_link m WHERE m.shard = ${this.#shard} AND m.tenant = e.tenant
      AND m.link = ${this.#value(one)} AND m.position = e.position)`
  }

  #tenant(tenantId: string): string {
    return `(SELECT id FROM tenant WHERE shard = ${this.#shard} AND name = ${this.#value(tenantId)})`
  }

  #value(value: SqlValue): string {
    const known = this.#params.indexOf(value)
    return known < 0 ? `$${this.#params.push(value)}` : `$${known + 1}`
  }
}

/**
 * Whether the event's own id is its correlation id. Looked for as text: in canonical JSON the member stands before
 * every one that could hold the same text, and an id has nothing to escape. Known without a body.
 */
function correlates(id: string): string {
  return `(e.state > 0 OR substring(e.body FROM '"correlationId":"([^"]*)"') = ${id})`
}

/** The sum keeps the planner from leaving the order of the log. */
function anyType(types: readonly number[] | undefined): string {
  return types === undefined ? '' : ` AND e.type + 0 = ANY ('{${types.join(',')}}'::bigint[])`
}
