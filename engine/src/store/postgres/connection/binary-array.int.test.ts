import pg from 'pg'
import { expect, it } from 'vitest'
import { sharedServer } from '../fixtures/server.ts'
import { Arena } from './arena.ts'
import { byteaArray, int4Array, int8Array, textArray } from './binary-array.ts'

it('arrays come to the server as they are, from an arena or not, also when it must grow', async () => {
  const client = new pg.Client(await sharedServer())
  await client.connect()
  const numbers = [0, 1, -1, 2 ** 31, 2 ** 32 + 7, -(2 ** 40) - 3, Number.MAX_SAFE_INTEGER]
  const texts = ['', 'a', 'ü世🚢', '{"a":"\\"","b":null}', 'x'.repeat(400_000)]
  const bytes = [Buffer.alloc(0), Buffer.from([0, 255, 10])]
  try {
    for (const arena of [undefined, new Arena()]) {
      const values = [
        int8Array(numbers, arena),
        int4Array([1, -(2 ** 31)], arena),
        textArray(texts, arena),
        byteaArray(bytes, arena),
        textArray([], arena),
      ]
      const text =
        'SELECT $1::bigint[]::text[], $2::integer[], $3::text[], $4::bytea[], cardinality($5::text[])'
      const { rows } = await client.query({ text, values, rowMode: 'array' })
      expect(rows[0]).toEqual([numbers.map(String), [1, -(2 ** 31)], texts, bytes, 0])
    }
  } finally {
    await client.end()
  }
})
