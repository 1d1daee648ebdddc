import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { temporaryDatabase } from '../engine/src/store/postgres/fixtures/server.ts'

const example = join(import.meta.dirname, '../examples/09-publish-from-your-own-database/postgres.ts')

it('the outbox example on PostgreSQL writes with each driver', async () => {
  await using database = await temporaryDatabase()
  const { host, port, user, password, database: name } = database.connection
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--conditions=source', example], {
    env: { DATABASE_URL: `postgres://${user}${secret}@${host}:${port}/${name}` },
    timeout: 60_000,
  })
  expect({ stdout, stderr }).toEqual({
    stdout: ['1', '2', '3'].map(id => `Order ${id} OrderPlaced\n`).join(''),
    stderr: '',
  })
})
