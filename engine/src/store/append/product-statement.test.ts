import { expect, it } from 'vitest'
import { checkProductStatement } from './product-statement.ts'

it.each([
  'commit',
  ' \n;; ROLLBACK',
  '-- a note\nSET ROLE none',
  '/* one *//* two */ RESET ROLE',
  '/* /* */ SELECT */ RESET ROLE',
  '/* /* */ */ RESET ROLE',
  '-- seen by one\rSELECT 1\n; COMMIT',
  '\u00a0;\u00a0END',
  "VACUUM INTO 'x'",
])('refuses %j', sql => {
  for (const code of ['append_invalid', 'read_invalid'] as const)
    expect(() => checkProductStatement(sql, code)).toThrow(expect.objectContaining({ code }))
})

it('takes what reads and writes rows, and PRAGMA in a query alone', () => {
  for (const sql of [
    '',
    '(SELECT 1)',
    '-- SET\nUPDATE t SET a = 1',
    '/* COMMIT */ WITH x AS (SELECT 1) SELECT 1',
  ])
    expect(() => checkProductStatement(sql, 'append_invalid')).not.toThrow()
  expect(() => checkProductStatement('PRAGMA quick_check', 'read_invalid')).not.toThrow()
  expect(() => checkProductStatement('PRAGMA foreign_keys = 1', 'append_invalid')).toThrow('PRAGMA')
})
