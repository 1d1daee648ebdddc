import { describe, expect, it } from 'vitest'
import { collectUnit } from './unit.ts'

describe('rows of a unit', () => {
  it('go in one by one where the database is at hand, and before the next statement', () => {
    const { unit, parts } = collectUnit('sqlite')
    unit.insert('a', { x: 1, y: 'one' })
    unit.insert('b', { z: null })
    unit.insert('a', { x: 2, y: 'two' })
    unit.write('DELETE FROM a WHERE x = ?', [1])
    unit.insert('a', { x: 3, y: 'three' })
    expect(parts().statements).toEqual([
      { sql: 'INSERT INTO a (x, y) VALUES (?, ?)', params: [1, 'one'] },
      { sql: 'INSERT INTO a (x, y) VALUES (?, ?)', params: [2, 'two'] },
      { sql: 'INSERT INTO b (z) VALUES (?)', params: [null] },
      { sql: 'DELETE FROM a WHERE x = ?', params: [1] },
      { sql: 'INSERT INTO a (x, y) VALUES (?, ?)', params: [3, 'three'] },
    ])
  })

  it('go in all at once over a network', () => {
    const { unit, parts } = collectUnit('postgres')
    unit.insert('a', { x: 1n, y: new Uint8Array([1, 255]) })
    unit.insert('a', { x: 2, y: null })
    unit.insert('a', { x: 3 })
    expect(parts().statements).toEqual([
      {
        sql: 'INSERT INTO a (x, y) SELECT x, y FROM json_populate_recordset(NULL::a, ?::json)',
        params: ['[{"x":"1","y":"\\\\x01ff"},{"x":2,"y":null}]'],
      },
      {
        sql: 'INSERT INTO a (x) SELECT x FROM json_populate_recordset(NULL::a, ?::json)',
        params: ['[{"x":3}]'],
      },
    ])
  })

  it('have names, not SQL', () => {
    const { unit } = collectUnit('postgres')
    expect(() => unit.insert('a; DROP TABLE a', { x: 1 })).toThrow(TypeError)
    expect(() => unit.insert('a', { 'x) VALUES (1) --': 1 })).toThrow(TypeError)
  })
})
