import { tmpdir } from 'node:os'
import pg from 'pg'
import { startCluster } from '../../engine/src/store/postgres/fixtures/cluster.ts'

/** A server on which each run gets a database of its own. */
export interface PostgresServer {
  readonly version: string
  /** What an acknowledgement means there. */
  readonly settings: string
  /** Makes a database and gives its URL. */
  create(): Promise<string>
  drop(url: string): Promise<void>
  close(): Promise<void>
}

/**
 * The server that the URL names, else a fresh cluster with stock settings. Its data lies in `folder`, on the disk of
 * the checkout, or among the temporary files where the server's account may not come in.
 */
export async function openPostgresServer(folder: string, url?: string): Promise<PostgresServer> {
  if (url !== undefined) return useServer(url, async () => undefined)
  const cluster = await startCluster({ parent: folder }).catch(() => startCluster({ parent: tmpdir() }))
  const { host, port, user, database } = cluster.connection
  return useServer(`postgres://${user}@${host}:${port}/${database}`, () => cluster[Symbol.asyncDispose]())
}

async function useServer(url: string, stop: () => Promise<void>): Promise<PostgresServer> {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  const show = async (setting: string) =>
    String(Object.values((await pool.query(`SHOW ${setting}`)).rows[0] as object)[0])
  const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size']
  const values = await Promise.all(names.map(show))
  const version = (await show('server_version')).split(' ')[0] as string
  return {
    version,
    settings: names.map((name, at) => `${name}=${values[at]}`).join(', '),
    create: async () => {
      const name = `keelson_bench_${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`
      await pool.query(`CREATE DATABASE ${name}`)
      const made = new URL(url)
      made.pathname = `/${name}`
      return made.href
    },
    drop: async made => {
      await pool.query(`DROP DATABASE IF EXISTS ${new URL(made).pathname.slice(1)} WITH (FORCE)`)
    },
    close: async () => {
      await pool.end()
      // Neither the pool nor the server keeps this process awake while it goes.
      const awake = setInterval(() => undefined, 1000)
      await stop().finally(() => clearInterval(awake))
    },
  }
}
