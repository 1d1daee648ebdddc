import type { PostgresClient } from '../connection/pool.ts'
import { rowsOf } from '../connection/pool.ts'
import { ownTypes } from '../connection/row-types.ts'

/** Guards what happens at a start against other starters, for as long as a transaction lasts: "KEEL", "STAR". */
const lock = 'SELECT pg_advisory_xact_lock(1262830924, 1398030674)'

/** The connection that a store is started on, as the user who logged in. */
export class StartConnection {
  readonly #client: PostgresClient

  constructor(client: PostgresClient) {
    this.#client = client
  }

  ask(text: string): Promise<unknown[][]> {
    return rowsOf(this.#client, { text, rowMode: 'array', types: ownTypes })
  }

  /** One statement or several. */
  async run(text: string): Promise<void> {
    await this.#client.query({ text, rowMode: 'array' })
  }

  /** Work in a transaction that other starters wait for. */
  async alone(work: () => Promise<void>): Promise<void> {
    await this.run(`BEGIN; ${lock}`)
    try {
      await work()
      await this.run('COMMIT')
    } catch (error) {
      await this.run('ROLLBACK').catch(() => undefined)
      throw error
    }
  }
}
