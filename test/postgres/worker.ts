import type { Receipt } from 'keelson'
import { openPostgresStore } from 'keelson/postgres'
import { sampleEvent } from 'keelson/testing'
import pg from 'pg'
import type { FromWorker, ToWorker } from './protocol.ts'

/** A server process without its HTTP face: a store on the database that others write to as well. */
const [number, connection] = process.argv.slice(2) as [string, string]
const pool = new pg.Pool({ ...JSON.parse(connection), max: 6 })
pool.on('error', () => undefined)
const store = await openPostgresStore({ pool })
const contenders = 4
let isStopped = false

const tell = (message: FromWorker): void => void process.send?.(message)
const codeOf = (error: unknown): string => (error as { code?: string }).code ?? String(error)

/** Appends to streams and tenants that the other processes write to as well, until it is stopped. */
async function load(caller: number): Promise<void> {
  for (let step = 0; !isStopped; step += 1) {
    const tenantId = (step + caller) % 2 === 0 ? 'acme' : 'globex'
    const stream = `s-${(step * 7 + caller) % 10}`
    const expected = step % 4 === 0 ? ((await store.stream(tenantId, stream))?.version ?? 0) : 'any'
    const events = Array.from({ length: 1 + (step % 5) }, () =>
      sampleEvent(tenantId, { payload: { number, caller, step } }),
    )
    try {
      const receipts = await store.append(tenantId, [{ stream, expected, events }])
      tell({ kind: 'stored', receipts })
    } catch (error) {
      if (codeOf(error) !== 'version_conflict') throw error
      tell({ kind: 'lost' })
    }
  }
}

/** Several of each process ask for the same at once: only one of all may have it. */
async function contend(round: number, by: 'version' | 'query'): Promise<void> {
  const tenantId = 'acme'
  const attempts = Array.from({ length: contenders }, async (_, at) => {
    const tag = `seat-${round}`
    const events = [sampleEvent(tenantId, { payload: { number, at }, metadata: { tags: [tag] } })]
    const work =
      by === 'version'
        ? store.append(tenantId, [{ stream: `slot-${round}`, expected: 'none', events }])
        : store.append(tenantId, [{ stream: `seat-${round}-${number}-${at}`, expected: 'any', events }], {
            unless: { query: [{ tags: [tag] }], after: 0 },
          })
    return work.then((receipts: readonly Receipt[]) => receipts, codeOf)
  })
  const answers = await Promise.all(attempts)
  const won = answers.filter(answer => typeof answer !== 'string')
  const refused = answers.filter(answer => typeof answer === 'string')
  tell({ kind: 'contended', round, won: won.flat(), refused })
}

process.on('message', async (message: ToWorker) => {
  if (message.kind === 'contend') return contend(message.round, message.by)
  if (message.kind === 'load') {
    isStopped = false
    await Promise.all(Array.from({ length: message.callers }, (_, caller) => load(caller)))
    return tell({ kind: 'stopped' })
  }
  isStopped = true
  if (message.kind === 'stop') return
  await store.close()
  await pool.end()
  process.disconnect()
})
tell({ kind: 'ready' })
