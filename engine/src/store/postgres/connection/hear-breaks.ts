import type { PostgresClient, PostgresPool } from './pool.ts'

/** Pools whose connections are heard from their first moment on. */
const heardPools = new WeakSet<PostgresPool>()

/** Clients whose breaking is heard. */
const heardClients = new WeakSet<PostgresClient>()

/**
 * Hears of connections that break. Beside the rejection of the query in progress one that breaks emits an event of
 * its own, and unheard that event ends the process. The listeners stay after a store is closed, for connections that
 * break while the pool is being ended.
 */
export function hearBreaks(pool: PostgresPool): void {
  if (heardPools.has(pool)) return
  heardPools.add(pool)
  if (!pool.listenerCount?.('error')) pool.on?.('error', () => undefined)
  // A server that goes down may say so in the packet that ends the connection's start: who asked for the connection
  // is resumed after that, too late to listen.
  pool.on?.('connect', hearBreak)
}

/** As `hearBreaks`, for a connection that may be older than the store. */
export function hearBreak(client: PostgresClient): void {
  if (heardClients.has(client)) return
  heardClients.add(client)
  client.on?.('error', () => undefined)
}
