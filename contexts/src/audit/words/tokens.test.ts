import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { tokens } from './tokens.ts'

const perText = 2_000
const lastCodePoint = 0x10ffff

/** Every code point, each between two letters, some thousands a text. */
function texts(): string[] {
  const texts: string[] = []
  for (let from = 0; from <= lastCodePoint; from += perText) {
    const points = Array.from({ length: Math.min(perText, lastCodePoint + 1 - from) }, (_, at) => from + at)
    const isAny = (point: number) => point !== 0 && !(point >= 0xd800 && point < 0xe000)
    texts.push(
      points
        .filter(isAny)
        .map(point => `q${String.fromCodePoint(point)}z`)
        .join(' '),
    )
  }
  return texts
}

it('cuts and folds every code point as FTS5 does', () => {
  const database = new DatabaseSync(':memory:')
  database.exec("CREATE VIRTUAL TABLE t USING fts5 (x, tokenize = 'unicode61 remove_diacritics 2')")
  database.exec("CREATE VIRTUAL TABLE v USING fts5vocab (t, 'instance')")
  const insert = database.prepare('INSERT INTO t (rowid, x) VALUES (?, ?)')
  const all = texts()
  for (const [row, text] of all.entries()) insert.run(row, text)
  const cut = all.map((): string[] => [])
  for (const row of database.prepare('SELECT doc, term, offset FROM v').iterate())
    (cut[row['doc'] as number] as string[])[row['offset'] as number] = row['term'] as string
  database.close()
  expect(cut.flat().length).toBeGreaterThan(200_000)
  for (const [row, text] of all.entries()) expect(tokens(text)).toEqual(cut[row])
})
