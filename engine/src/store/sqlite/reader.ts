import type { StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { SqlValue } from '../types.ts'
import { openForReading, toFailure } from './database.ts'
import type { CommitMark } from './log-flush.ts'
import type { QueryReply, QueryRequest } from './protocol.ts'

const newestMark = 'SELECT writer, number FROM commit_mark'

/** Statements kept compiled; a query with a new text pushes all out when there are more. */
const maxStatements = 200

/** Runs queries beside the event loop, on a connection that cannot write. */
function serve(path: string): void {
  const database = openForReading(path)
  const statements = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql)
    if (!statement) {
      if (statements.size >= maxStatements) statements.clear()
      statement = database.prepare(sql)
      statement.setReturnArrays(true)
      statements.set(sql, statement)
    }
    return statement
  }
  parentPort?.on('message', (request: QueryRequest | 'close') => {
    if (request === 'close') {
      database.close()
      parentPort?.close()
      return
    }
    let reply: QueryReply
    try {
      const rows = read(prepare(request.sql), request)
      // After the rows: theirs is this one or an older one.
      const mark = prepare(newestMark).get() as unknown as CommitMark | undefined
      reply = { id: request.id, rows, ...(mark === undefined ? {} : { mark }) }
    } catch (error) {
      reply = { id: request.id, failure: toFailure(error) }
    }
    parentPort?.postMessage(reply)
  })
}

function read(statement: StatementSync, { params, maxBytes }: QueryRequest): SqlValue[][] {
  if (maxBytes === undefined) return statement.all(...params) as unknown as SqlValue[][]
  const rows: SqlValue[][] = []
  let bytes = 0
  for (const row of statement.iterate(...params) as unknown as Iterable<SqlValue[]>) {
    rows.push(row)
    for (const value of row)
      if (typeof value === 'string' || value instanceof Uint8Array) bytes += value.length
    if (bytes >= maxBytes) break
  }
  return rows
}

serve((workerData as { path: string }).path)
