import { describe, expect, it } from 'vitest'
import { identifier, literal, toDollars } from './markers.ts'

describe('toDollars', () => {
  it.each([
    ['SELECT 1', 'SELECT 1'],
    ['a = ? AND b = ?', 'a = $1 AND b = $2'],
    ['a = ?2 AND b = ?1 AND c = ?2', 'a = $2 AND b = $1 AND c = $2'],
    ['a = ?3 AND b = ?', 'a = $3 AND b = $4'],
    ["a = '?' AND b = 'it''s ?' AND c = ?", "a = '?' AND b = 'it''s ?' AND c = $1"],
    ['"?" = ?', '"?" = $1'],
    ['a = ? -- really?\nAND b = ?', 'a = $1 -- really?\nAND b = $2'],
    ['a = ? /* is\nit? */ AND b = ?', 'a = $1 /* is\nit? */ AND b = $2'],
    ['$$ ? $$ || ? || $x$ ? $$ ? $x$', '$$ ? $$ || $1 || $x$ ? $$ ? $x$'],
    ["E'\\'?' || ?", "E'\\'?' || $1"],
    ["e'\\\\' || ? || '?'", "e'\\\\' || $1 || '?'"],
  ])('makes of %s', (sql, expected) => {
    expect(toDollars(sql)).toBe(expected)
  })

  it('refuses a number that names no parameter', () => {
    for (const sql of ['?0', '?65536']) expect(() => toDollars(sql)).toThrow('names no parameter')
  })
})

describe('quoting', () => {
  it('keeps texts and names whole', () => {
    expect(literal("it's")).toBe("'it''s'")
    expect(literal("a\\'b")).toBe(" E'a\\\\''b'")
    expect(identifier('a"b')).toBe('"a""b"')
  })
})
