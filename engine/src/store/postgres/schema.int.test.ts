import { expect, test } from 'vitest'
import { dumpSchema } from './fixtures/schema-dump.ts'
import { temporaryPostgres } from './fixtures/temporary-store.ts'

test('the numbered files make the schema that is committed', async () => {
  await using postgres = await temporaryPostgres()
  await postgres.open()
  await expect(await dumpSchema(sql => postgres.sql(sql))).toMatchFileSnapshot('./schema/schema.sql')
})
