import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { temporaryPostgres } from '../../engine/src/store/postgres/fixtures/temporary-store.ts'
import { testRole } from '../../engine/src/store/postgres/fixtures/test-role.ts'

const example = join(import.meta.dirname, '../../examples/05-build-on-the-store/postgres.ts')

test('the example on PostgreSQL keeps tenants apart for a user whom row-level security binds', async () => {
  await using postgres = await temporaryPostgres()
  const { host, port, database } = postgres.database.connection
  // Makes the application's role where this is the first store of the server.
  await (await postgres.open()).close()
  await postgres.sql('DROP SCHEMA keelson CASCADE')
  await using owner = await testRole(postgres, 'IN ROLE keelson_app')
  await postgres.sql(`ALTER DATABASE ${database} OWNER TO ${owner.name}`)
  const { user, password } = owner.login
  const url = `postgres://${user}:${password}@${host}:${port}/${database}`
  const ran = await promisify(execFile)(process.execPath, ['--conditions=source', example], {
    env: { ...process.env, DATABASE_URL: url },
    timeout: 60_000,
  })
  expect(ran).toEqual({ stdout: 'row 1: 1200\nevent InvoiceIssued of Invoice-1\n', stderr: '' })
})
