import { once } from 'node:events'
import type { Server } from 'node:net'
import { connect, createServer } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectTo } from '../../../delivery/outbox/postgres-pool.ts'
import type { TemporaryDatabase } from '../fixtures/server.ts'
import { temporaryDatabase } from '../fixtures/server.ts'
import { openPostgresStore } from '../open-postgres-store.ts'

/** What a server says to its sessions when it goes down. */
function farewell(): Buffer {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0')
  const head = Buffer.alloc(5, 'E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

/** The end of a connection's start: ready for a query, outside a transaction. */
const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])

let database: TemporaryDatabase
let server: Server
let port: number
const uncaught: unknown[] = []
const note = (error: unknown) => uncaught.push(error)

beforeAll(async () => {
  database = await temporaryDatabase()
  const { host, port: real } = database.connection
  // In front of the real server: goes down in the packet in which a connection's start ends.
  server = createServer(socket => {
    const upstream = connect({ host, port: real })
    upstream.on('data', data => {
      const isReady = data.subarray(-ready.length).equals(ready)
      socket.write(isReady ? Buffer.concat([data, farewell()]) : data)
      if (isReady) upstream.destroy()
    })
    upstream.on('close', () => socket.end())
    socket.on('data', data => upstream.write(data))
    for (const one of [socket, upstream]) one.on('error', () => one.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  port = (server.address() as { port: number }).port
  process.on('uncaughtException', note)
})

afterAll(async () => {
  process.off('uncaughtException', note)
  server.close()
  await database[Symbol.asyncDispose]()
})

describe('a server that goes down in the moment in which a connection is made', () => {
  it('is an answer to who opens a store', async () => {
    const pool = new pg.Pool({ ...database.connection, port })
    await expect(openPostgresStore({ pool })).rejects.toMatchObject({ code: 'store_unreachable' })
    await pool.end()
    expect(uncaught).toEqual([])
  })

  it('is an answer to who reads an outbox', async () => {
    const pool = new pg.Pool({ ...database.connection, port })
    const client = await connectTo(pool)
    await expect(client.query('SELECT 1')).rejects.toThrow()
    client.release(true)
    await pool.end()
    expect(uncaught).toEqual([])
  })
})
