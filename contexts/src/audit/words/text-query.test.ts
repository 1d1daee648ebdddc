import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqliteSchema } from '../projection/sqlite-schema.ts'
import { toTextQuery } from './text-query.ts'

const texts: Record<string, string[]> = {
  acme: [
    'Ada created repository hello',
    'Bob deleted repository hello-world, twice',
    'secret key rotated at 10.0.0.7',
    'Grüße aus Zürich: NEAR the OR AND NOT',
    'the tenant text column of a table',
  ],
  'acme-2': ['Ada created repository hello', 'secret of the other tenant'],
  globex: ['Bob deleted repository hello-world, twice', 'secret of globex'],
}

const database = new DatabaseSync(':memory:')
/** Tenant of each row, by its number. */
const owners: string[] = []

beforeAll(() => {
  for (const sql of sqliteSchema) database.exec(sql)
  const insert = database.prepare('INSERT INTO audit_text (rowid, tenant, text) VALUES (?, ?, ?)')
  for (const [tenant, rows] of Object.entries(texts))
    for (const text of rows) insert.run(owners.push(tenant), tenant, text)
})

afterAll(() => database.close())

/** Rows that the query finds; SQLite throws here where the syntax is broken. */
function find(input: string, tenantId = 'acme'): number[] {
  const rows = database.prepare('SELECT rowid FROM audit_text WHERE audit_text MATCH ? ORDER BY rowid')
  return rows.all(toTextQuery(input, tenantId)).map(row => row['rowid'] as number)
}

const codeOf = (input: string): string => {
  try {
    toTextQuery(input, 'acme')
    return 'taken'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

describe('what a person types', () => {
  it.each<[input: string, rows: number[]]>([
    ['repository', [1, 2]],
    ['REPOSITORY hello', [1, 2]],
    ['repository ada', [1]],
    ['repository nobody', []],
    ['"created repository"', [1]],
    ['"repository created"', []],
    ['repo*', [1, 2]],
    ['repo', []],
    ['hello-world', [2]],
    ['repository -twice', [1]],
    ['repository -"hello world"', [1]],
    ['repository -dele*', [1]],
    ['-twice repository', [1]],
    ['10.0.0.7', [3]],
    ['10.0.0*', [3]],
    ['grusse', []],
    ['gruße zurich', [4]],
    ['ZÜRICH', [4]],
    ['hello?', [1, 2]],
    ['ada, -- repository', [1]],
  ])('%s finds rows %j', (input, rows) => {
    expect(find(input).filter(row => owners[row - 1] === 'acme')).toEqual(rows)
  })

  it('looks for the words of the syntax as words', () => {
    for (const word of ['OR', 'AND', 'NOT', 'NEAR', 'the OR NEAR']) expect(find(word)).toContain(4)
    expect(find('ada OR bob')).toEqual([])
    expect(find('ada NOT created')).toEqual([])
  })

  it('takes 20 terms and refuses 21', () => {
    expect(codeOf('a '.repeat(20))).toBe('taken')
    expect(codeOf('a '.repeat(21))).toBe('query_invalid')
    expect(codeOf(`${'a '.repeat(15)} ${'-b '.repeat(6)}`)).toBe('query_invalid')
    expect(codeOf('"x" '.repeat(21))).toBe('query_invalid')
  })

  it.each(['"', 'a "b', '"a" "', 'a"', '-"a'])('refuses the open quote of %s', input => {
    expect(codeOf(input)).toBe('query_invalid')
  })

  it.each(['', '   ', '-a', '-"a b"', '*', '-', '()', '""', '!?', '-a -b', '\u0000'])(
    'refuses %j, which names no word to look for',
    input => {
      expect(codeOf(input)).toBe('query_invalid')
    },
  )
})

describe('the syntax of the index', () => {
  const hostile = [
    '"a" "b"',
    'a""b',
    'he said "hello"',
    "it's",
    '`a`',
    '[a]',
    '{a}',
    '(a',
    'a)',
    '((a OR b',
    'a)) OR ((b',
    'NEAR(a b)',
    'NEAR(a b, 5)',
    'NEAR/2',
    'a NEAR b',
    'a AND',
    'OR a',
    'NOT',
    'a NOT',
    'AND AND',
    'text:a',
    'text : a',
    'tenant:globex',
    'tenant : globex',
    '{tenant text}:secret',
    '-tenant:acme',
    '- tenant : acme',
    '^a',
    '^ secret',
    'a^',
    '*a',
    'a*',
    'a**',
    'a* b*',
    '*',
    '+a',
    'a + b',
    '"a"*',
    '-"a"*',
    'a:b:c',
    'secret") OR tenant : ("globex',
    'secret" OR tenant : "globex"',
    'x) OR (tenant : globex',
    "' OR 1=1 --",
    '; DROP TABLE audit_text',
    'a\u0000b',
    'a\u0000" OR tenant : globex',
    '\u0000secret',
    'a\\"b',
    '\\',
    'a\nb\tc\r\n',
    '\ud800',
    'a\udfff*',
    '\uFEFFsecret',
    '＂secret＂',
    '%',
    '_',
    '?1',
    ':a',
    '@a',
    '$a',
    '#a',
    '/a/',
    'ａ',
    '١٢٣',
    '😀',
    'a😀b',
    'a'.repeat(1000),
    'é',
    'e\u0301',
    '-',
    '--a',
    '-*a',
    '-a*',
    'secret -*',
  ]

  it.each(hostile)('is never broken, nor another tenant reached, by %j', input => {
    for (const tenantId of ['acme', 'globex']) {
      const code = codeOf(input)
      if (code !== 'taken') {
        expect(code).toBe('query_invalid')
        continue
      }
      for (const row of find(input, tenantId)) expect(isOwn(row, tenantId)).toBe(true)
    }
  })

  it('is never broken, nor another tenant reached, by anything', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '"',
        '-',
        '*',
        '(',
        ')',
        ':',
        '^',
        '+',
        '{',
        '}',
        ' ',
        'NEAR',
        'NOT',
        'OR',
        'AND',
        'tenant',
        'text',
        'globex',
        'secret',
        'hello',
        '\u0000',
        "'",
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    )
    let taken = 0
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const input = pieces.join('')
        const code = codeOf(input)
        if (code !== 'taken') {
          expect(code).toBe('query_invalid')
          return
        }
        taken += 1
        for (const row of find(input)) expect(isOwn(row, 'acme')).toBe(true)
      }),
      { numRuns: 2000 },
    )
    expect(taken).toBeGreaterThan(200)
  })

  it('keeps tenants apart whose names have words in common, once their rows are joined', () => {
    // The index cuts acme-2 into two words; the column of the joined table decides.
    expect(find('secret', 'acme-2')).toEqual([7])
    expect(find('secret').map(row => owners[row - 1])).toEqual(['acme', 'acme-2'])
  })
})

/** Whether the index may show a row to a tenant: rows of tenants whose names begin alike are told apart by a join. */
function isOwn(row: number, tenantId: string): boolean {
  const owner = owners[row - 1] as string
  return owner === tenantId || owner.split('-').includes(tenantId)
}
