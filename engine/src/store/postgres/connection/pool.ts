/** A statement as `pg` takes it; without values several statements may stand in one text, unless it is `extended`. */
export interface PostgresQuery {
  readonly text: string
  readonly values?: unknown[]
  readonly rowMode: 'array'
  readonly name?: string
  readonly queryMode?: 'extended'
  readonly types?: { getTypeParser(oid: number, format?: string): (value: string) => unknown }
}

export interface PostgresRows {
  readonly rows: unknown[][]
  readonly rowCount: number | null
}

/** What an append inside a product's transaction needs of a connection. */
export interface PostgresQueryable {
  // biome-ignore lint/suspicious/noExplicitAny: the driver's own signature has several forms, some without a type
  query(query: any): Promise<any>
}

export interface PostgresClient extends PostgresQueryable {
  release(error?: boolean | Error): void
  on?(event: 'error', listener: (error: Error) => void): unknown
}

/**
 * The shape of a `pg.Pool` (8.16 or later). A pool of the store's own: its sessions run under the application's role
 * and with Keelson's search path from their first use on. Its `max` should be 4 or more.
 */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
  readonly on?: {
    (event: 'error', listener: (error: Error) => void): unknown
    (event: 'connect', listener: (client: PostgresClient) => void): unknown
  }
  listenerCount?(event: 'error'): number
  readonly options?: {
    readonly max?: number | undefined
    readonly host?: string | undefined
    readonly port?: number | undefined
    readonly connectionString?: string | undefined
  }
}

/** Runs a query and gives its rows. */
export async function rowsOf(client: PostgresQueryable, query: PostgresQuery): Promise<PostgresRows['rows']> {
  const result = (await client.query(query)) as PostgresRows
  return result.rows
}
