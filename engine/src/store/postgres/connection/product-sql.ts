import { KeelsonError } from '../../../core/index.ts'
import type { SqlValue, Statement } from '../../types.ts'
import { StatementNames } from '../read/statement-names.ts'
import { toDollars } from './markers.ts'
import type { PostgresQueryable } from './pool.ts'
import { rowsOf } from './pool.ts'
import { ownTypes, queryTypes } from './row-types.ts'
import { sqlState } from './sql-error.ts'

/** Texts that are remembered, and how long they may be: products ask the same again and again, with other values. */
const maxTexts = 500
const maxRemembered = 16_384

/** What the database says where a statement gives columns of other types than before: a table was changed. */
const otherColumns = '42804'

const firstWord = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*([a-z]+)/i
const changes = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** How the rows of a query are asked for. */
interface Shape {
  readonly asked: string
  readonly columns: string
}

/**
 * Carries out SQL that a product gives the store, in an open transaction that was handed over. A statement reaches the
 * guest's functions only once the server has taken it for `PREPARE`: that is one SELECT, INSERT, UPDATE, DELETE or MERGE
 * by its grammar, whatever stands in it. Texts that were taken once are remembered.
 */
export class ProductSql {
  readonly #taken = new Set<string>()
  readonly #names = new StatementNames('ask')
  readonly #shapes = new Map<string, Shape>()

  /** Rows of a query. */
  async ask(client: PostgresQueryable, sql: string, params: readonly SqlValue[]): Promise<SqlValue[][]> {
    const text = toText(sql)
    const word = firstWord.exec(text)?.[1]?.toUpperCase()
    if (word !== undefined && changes.has(word))
      throw new KeelsonError('read_invalid', `A query writes nothing, and this one begins with ${word}`)
    const known = this.#shapes.get(text)
    const { asked, columns } = known ?? (await this.#describe(client, text, params.length))
    try {
      return (await rowsOf(client, {
        ...this.#named(`SELECT * FROM keelson.ask($1::text, $2::text[]) AS q (${columns})`),
        values: [asked, params.map(toLiteral)],
        rowMode: 'array',
        types: queryTypes,
      })) as SqlValue[][]
    } catch (error) {
      const wasKnown = sqlState(error) === otherColumns && this.#shapes.delete(text)
      throw wasKnown && known ? new OutdatedColumns(error) : error
    }
  }

  /** Statements of a unit, in one call. */
  async run(client: PostgresQueryable, statements: readonly Statement[]): Promise<void> {
    const texts = statements.map(({ sql }) => toText(sql))
    for (const text of new Set(texts)) {
      if (this.#taken.has(text)) continue
      await take(client, text)
      await client.query({ text: 'DEALLOCATE keelson_product', rowMode: 'array' })
      remember(this.#taken, text, () => this.#taken.add(text))
    }
    await rowsOf(client, {
      ...this.#named('SELECT keelson.run($1::text[], $2::integer[], $3::text[])'),
      values: [
        texts,
        statements.map(({ params }) => params.length),
        statements.flatMap(({ params }) => params.map(toLiteral)),
      ],
      rowMode: 'array',
      types: ownTypes,
    })
  }

  #named(text: string): { readonly text: string; readonly name?: string } {
    const name = this.#names.nameOf(text)
    return name === undefined ? { text } : { text, name }
  }

  async #describe(client: PostgresQueryable, text: string, params: number): Promise<Shape> {
    await take(client, text)
    const rows = await rowsOf(client, {
      text: `SELECT pg_catalog.format_type(found.type, NULL), t.typtype = 'p'
        FROM pg_catalog.unnest(keelson.columns($1::text, $2::integer)) WITH ORDINALITY AS found (type, number)
        JOIN pg_catalog.pg_type t ON t.oid = found.type ORDER BY found.number`,
      values: [text, params],
      rowMode: 'array',
      types: ownTypes,
    })
    const shape = shapeOf(text, rows as [string, boolean][])
    remember(this.#shapes, text, () => this.#shapes.set(text, shape))
    return shape
  }
}

/** A query's columns are named by their numbers, for several may have one name. */
function shapeOf(text: string, types: readonly (readonly [type: string, isPseudo: boolean])[]): Shape {
  const columns = types.map(([type, isPseudo], index) => `c${index} ${isPseudo ? 'text' : type}`).join(', ')
  if (!types.some(([, isPseudo]) => isPseudo)) return { asked: text, columns }
  // No function can return what a type like void or record stands for, but its text.
  const values = types.map(([, isPseudo], index) =>
    isPseudo ? `pg_catalog.format('%s', q.c${index})` : `q.c${index}`,
  )
  const names = types.map((_, index) => `c${index}`)
  return { asked: `SELECT ${values.join(', ')} FROM (${text}\n) AS q (${names.join(', ')})`, columns }
}

/** The types of a query's columns were those of a table that has been changed since. */
class OutdatedColumns extends Error {
  readonly reason: unknown

  constructor(reason: unknown) {
    super('The columns are others than before')
    this.reason = reason
  }
}

/** Whether the query can be asked again, in another transaction. */
export const isOutdated = (error: unknown): boolean => error instanceof OutdatedColumns

/** Has the server parse it as what `PREPARE` takes; by its protocol one statement, and no more, may stand in a text. */
async function take(client: PostgresQueryable, text: string): Promise<void> {
  await client.query({
    text: `PREPARE keelson_product AS ${text}`,
    rowMode: 'array',
    queryMode: 'extended',
  })
}

/** Keeps the newest, of all that are not too long. */
function remember(
  kept: { size: number; keys(): Iterator<string>; delete(text: string): boolean },
  text: string,
  add: () => unknown,
): void {
  if (text.length > maxRemembered) return
  if (kept.size >= maxTexts) kept.delete(kept.keys().next().value as string)
  add()
}

/** With markers as PostgreSQL has them, and without the semicolon at its end. */
const toText = (sql: string): string => toDollars(sql).replace(/[\s;]+$/, '')

function toLiteral(value: SqlValue): string | null {
  if (value === null) return null
  return typeof value === 'object' ? `\\x${Buffer.from(value).toString('hex')}` : String(value)
}
