import type { SqlValue, Statement, StoreCapabilities } from '../store/index.ts'

type Row = Readonly<Record<string, SqlValue>>

const name = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Rows that a unit inserts, until they become statements. */
export class GatheredRows {
  readonly #dialect: StoreCapabilities['sql']
  readonly #byTarget = new Map<string, { table: string; columns: readonly string[]; rows: Row[] }>()

  constructor(dialect: StoreCapabilities['sql']) {
    this.#dialect = dialect
  }

  /** @throws TypeError where a table or column is not named by letters, digits and underscores. */
  add(table: string, row: Row): void {
    const columns = Object.keys(row)
    const target = `${table}(${columns.join(', ')})`
    const known = this.#byTarget.get(target)
    if (known) {
      known.rows.push(row)
      return
    }
    const wrong = [table, ...columns].find(one => !name.test(one))
    if (wrong !== undefined) throw new TypeError(`"${wrong}" is no name of a table or column`)
    this.#byTarget.set(target, { table, columns, rows: [row] })
  }

  /** The statements that insert them, a table after the other; none is left. */
  take(): readonly Statement[] {
    const targets = [...this.#byTarget.values()]
    this.#byTarget.clear()
    return targets.flatMap(({ table, columns, rows }) => {
      const list = columns.join(', ')
      if (this.#dialect === 'postgres') return [insertAll(table, list, rows)]
      const sql = `INSERT INTO ${table} (${list}) VALUES (${columns.map(() => '?').join(', ')})`
      return rows.map(row => ({ sql, params: columns.map(column => row[column] as SqlValue) }))
    })
  }
}

/** One statement and one parameter for any number of rows. */
const insertAll = (table: string, list: string, rows: readonly Row[]): Statement => ({
  sql: `INSERT INTO ${table} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${table}, ?::json)`,
  params: [JSON.stringify(rows.map(toJson))],
})

/** What JSON has no form for, as the text that the column's type reads. */
function toJson(row: Row): Row {
  const values = Object.entries(row).map(([column, value]) => {
    if (typeof value === 'bigint') return [column, String(value)]
    return [column, value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value]
  })
  return Object.fromEntries(values) as Row
}
