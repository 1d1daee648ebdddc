import type { OperationNode, SelectQueryNode } from 'kysely'
import {
  AliasNode,
  ColumnNode,
  IdentifierNode,
  ParensNode,
  ReferenceNode,
  SelectQueryNode as Select,
  SelectAllNode,
  TableNode,
} from 'kysely'
import { KeelsonError } from '../../../core/index.ts'

/** Names of a table's columns in the order in which `*` gives them. */
export type ColumnsOfTable = (table: string, schema: string | undefined) => Promise<readonly string[]>

/** What stands behind a name in a `with` clause or a `from`. */
type Source = () => Promise<readonly string[]>

/**
 * Names of the columns that a query gives, in order, told from the query itself; the database is asked only for what
 * `*` stands for. The store gives rows without names, the same on every database.
 *
 * @throws KeelsonError `read_invalid` where they cannot be told, as in hand-written SQL.
 */
export async function columnNames(
  node: OperationNode,
  ofTable: ColumnsOfTable,
  known: ReadonlyMap<string, Source> = new Map(),
): Promise<readonly string[]> {
  if (ParensNode.is(node)) return columnNames(node.node, ofTable, known)
  if (!Select.is(node)) throw unknownNames()
  const named = withExpressions(node, ofTable, known)
  const sources = sourcesOf(node, ofTable, named)
  const lists = (node.selections ?? []).map(({ selection }) => {
    if (AliasNode.is(selection)) return [nameOf(selection.alias)]
    if (ColumnNode.is(selection)) return [selection.column.name]
    if (SelectAllNode.is(selection)) return allOf([...sources.values()])
    if (!ReferenceNode.is(selection)) throw unknownNames()
    if (ColumnNode.is(selection.column)) return [selection.column.column.name]
    return allOf([sources.get(selection.table?.table.identifier.name ?? '')])
  })
  return (await Promise.all(lists)).flat()
}

/** The names that are known inside of the query, its own `with` clause included. */
function withExpressions(
  node: SelectQueryNode,
  ofTable: ColumnsOfTable,
  known: ReadonlyMap<string, Source>,
): ReadonlyMap<string, Source> {
  const named = new Map(known)
  for (const { name, expression } of node.with?.expressions ?? []) {
    const before = new Map(named)
    const columns = name.columns?.map(({ column }) => column.name)
    const source = async () => columns ?? columnNames(expression, ofTable, before)
    named.set(name.table.table.identifier.name, source)
  }
  return named
}

function sourcesOf(
  node: SelectQueryNode,
  ofTable: ColumnsOfTable,
  named: ReadonlyMap<string, Source>,
): ReadonlyMap<string, Source> {
  const tables = [...(node.from?.froms ?? []), ...(node.joins ?? []).map(({ table }) => table)]
  return new Map(
    tables.map((table): [string, Source] => {
      const inner = AliasNode.is(table) ? table.node : table
      const name = AliasNode.is(table) ? nameOf(table.alias) : tableName(table)
      return [name, () => sourceColumns(inner, ofTable, named)]
    }),
  )
}

function sourceColumns(
  node: OperationNode,
  ofTable: ColumnsOfTable,
  named: ReadonlyMap<string, Source>,
): Promise<readonly string[]> {
  if (!TableNode.is(node)) return columnNames(node, ofTable, named)
  const { identifier, schema } = node.table
  const expression = schema === undefined ? named.get(identifier.name) : undefined
  return expression?.() ?? ofTable(identifier.name, schema?.name)
}

async function allOf(sources: readonly (Source | undefined)[]): Promise<readonly string[]> {
  const lists = await Promise.all(
    sources.map(source => {
      if (!source) throw unknownNames()
      return source()
    }),
  )
  return lists.flat()
}

function nameOf(alias: OperationNode): string {
  if (IdentifierNode.is(alias)) return alias.name
  throw unknownNames()
}

function tableName(node: OperationNode): string {
  return TableNode.is(node) ? node.table.identifier.name : ''
}

function unknownNames(): KeelsonError {
  return new KeelsonError(
    'read_invalid',
    'The names of the columns cannot be told: build the query with select, and give what is hand-written an alias',
  )
}
