import type { Budget } from '../budget.ts'
import { createBudget } from '../budget.ts'
import { badSchema } from '../fault.ts'
import type { AvroEnum, AvroField, AvroFixed, AvroNode, AvroRecord } from './avro-node.ts'
import { nameOf } from './avro-node.ts'

/** A place at which a reader cannot take what a writer may write. */
export interface Mismatch {
  /** Names of the records and fields that lead there. */
  readonly path: string
  readonly message: string
}

/** What was found for pairs of records; kept over many comparisons of the same two schemas. */
export interface Comparison {
  readonly pairs: Map<AvroRecord, Map<AvroRecord, readonly Mismatch[]>>
  /** Pairs that were found to hold, in that order. */
  readonly held: [writer: AvroRecord, reader: AvroRecord][]
  readonly budget: Budget
}

const maxSteps = 200_000
const maxMismatches = 50

export function createComparison(): Comparison {
  return {
    pairs: new Map(),
    held: [],
    budget: createBudget(maxSteps, () => badSchema('The schemas are too intricate to compare')),
  }
}

/**
 * Everything that stands against reading data of the writer's schema with the reader's, by the rules of schema
 * resolution of the Avro specification 1.12; at most 50. None means that each value can be read.
 */
export function findMismatches(
  writer: AvroNode,
  reader: AvroNode,
  path = '',
  comparison: Comparison = createComparison(),
): readonly Mismatch[] {
  comparison.budget.spend()
  if (writer.kind === 'union')
    return writer.branches
      .flatMap(branch => findMismatches(branch, reader, path, comparison))
      .slice(0, maxMismatches)
  if (reader.kind === 'union')
    return branchFor(writer, reader.branches, comparison) ? [] : [noBranch(writer, reader, path)]
  if (reader.kind === 'record' && writer.kind === 'record')
    return compareRecords(writer, reader, path, comparison)
  if (reader.kind === 'array' && writer.kind === 'array')
    return findMismatches(writer.items, reader.items, `${path}[]`, comparison)
  if (reader.kind === 'map' && writer.kind === 'map')
    return findMismatches(writer.values, reader.values, `${path}{}`, comparison)
  if (reader.kind === 'enum' && writer.kind === 'enum') return compareEnums(writer, reader, path)
  if (reader.kind === 'fixed' && writer.kind === 'fixed' && isSameName(writer, reader))
    return writer.size === reader.size
      ? []
      : [{ path, message: `${reader.name} has ${reader.size} bytes, and the writer's ${writer.size}` }]
  return isSameKind(writer, reader) || isPromoted(writer, reader)
    ? []
    : [{ path, message: `the reader expects ${nameOf(reader)}, and the writer writes ${nameOf(writer)}` }]
}

function isSameKind(writer: AvroNode, reader: AvroNode): boolean {
  return writer.kind === reader.kind && writer.kind !== 'fixed'
}

function noBranch(writer: AvroNode, reader: AvroNode & { kind: 'union' }, path: string): Mismatch {
  const branches = reader.branches.map(nameOf).join(', ')
  return {
    path,
    message: `the writer writes ${nameOf(writer)}, which none of the reader's [${branches}] takes`,
  }
}

/** The branch of the reader's union that takes the writer's type: one of the same kind before one it is promoted to. */
export function branchFor(
  writer: AvroNode,
  branches: readonly AvroNode[],
  comparison: Comparison,
): AvroNode | undefined {
  const takes = (branch: AvroNode) => findMismatches(writer, branch, '', comparison).length === 0
  const isExact = (branch: AvroNode) =>
    'name' in writer && 'name' in branch ? writer.name === branch.name : writer.kind === branch.kind
  return branches.find(branch => isExact(branch) && takes(branch)) ?? branches.find(takes)
}

const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}

function isPromoted(writer: AvroNode, reader: AvroNode): boolean {
  return promotions[writer.kind]?.includes(reader.kind) ?? false
}

type AvroNamed = AvroRecord | AvroEnum | AvroFixed

const bareName = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

/** Namespaces do not count, as the specification says; the reader's aliases do. */
function isSameName(writer: AvroNamed, reader: AvroNamed): boolean {
  return bareName(writer.name) === bareName(reader.name) || reader.aliases.includes(writer.name)
}

function compareRecords(
  writer: AvroRecord,
  reader: AvroRecord,
  path: string,
  comparison: Comparison,
): readonly Mismatch[] {
  if (!isSameName(writer, reader))
    return [
      { path, message: `the reader expects ${nameOf(reader)}, and the writer writes ${nameOf(writer)}` },
    ]
  const readers = comparison.pairs.get(writer) ?? new Map<AvroRecord, readonly Mismatch[]>()
  comparison.pairs.set(writer, readers)
  const known = readers.get(reader)
  // A pair within itself holds if all else in it holds, and that is what is being looked at.
  if (known !== undefined) return known
  readers.set(reader, [])
  const before = comparison.held.length
  const mismatches = reader.fields
    .flatMap(field => compareField(writer, field, path, comparison))
    .slice(0, maxMismatches)
  readers.set(reader, mismatches)
  if (mismatches.length === 0) comparison.held.push([writer, reader])
  // What was found to hold while this pair was assumed to has to be looked at again.
  else for (const [from, to] of comparison.held.splice(before)) comparison.pairs.get(from)?.delete(to)
  return mismatches
}

function compareField(
  writer: AvroRecord,
  field: AvroField,
  path: string,
  comparison: Comparison,
): readonly Mismatch[] {
  comparison.budget.spend(1 + (writer.fields.length >> 4))
  const place = `${path}/${field.name}`
  const written = writerField(writer, field)
  if (written !== undefined) return findMismatches(written.node, field.node, place, comparison)
  return field.fallback !== undefined
    ? []
    : [
        {
          path: place,
          message: 'the reader has this field without a default, and the writer does not have it',
        },
      ]
}

/** The field of the writer that the reader's field is read from. */
export function writerField(writer: AvroRecord, field: AvroField): AvroField | undefined {
  return (
    writer.fields.find(({ name }) => name === field.name) ??
    writer.fields.find(({ name }) => field.aliases.includes(name))
  )
}

function compareEnums(writer: AvroEnum, reader: AvroEnum, path: string): readonly Mismatch[] {
  if (!isSameName(writer, reader))
    return [
      { path, message: `the reader expects ${nameOf(reader)}, and the writer writes ${nameOf(writer)}` },
    ]
  if (reader.fallback !== undefined) return []
  const known = new Set(reader.symbols)
  const missing = writer.symbols.filter(symbol => !known.has(symbol)).slice(0, 10)
  if (missing.length === 0) return []
  return [{ path, message: `${reader.name} lacks the symbols ${missing.join(', ')} and has no default` }]
}
