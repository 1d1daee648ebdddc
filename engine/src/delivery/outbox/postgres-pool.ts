/** The shape of a `pg` client. */
export interface OutboxClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'notification', listener: () => void): unknown
  release(error?: boolean): void
}

/** The shape of a `pg` pool. */
export interface OutboxPool {
  connect(): Promise<OutboxClient>
  readonly on?: (event: 'connect', listener: (client: OutboxClient) => void) => unknown
}

const heardPools = new WeakSet<OutboxPool>()
const heardClients = new WeakSet<OutboxClient>()

/**
 * A connection of the product's pool. Beside the rejection of the query in progress one that breaks emits an event,
 * and unheard that event ends the product's process.
 */
export async function connectTo(pool: OutboxPool): Promise<OutboxClient> {
  if (!heardPools.has(pool)) {
    heardPools.add(pool)
    // A new one may break in the very packet that ends its start, before who asked for it is resumed.
    pool.on?.('connect', hear)
  }
  const client = await pool.connect()
  hear(client)
  return client
}

function hear(client: OutboxClient): void {
  if (heardClients.has(client)) return
  heardClients.add(client)
  client.on('error', () => undefined)
}
