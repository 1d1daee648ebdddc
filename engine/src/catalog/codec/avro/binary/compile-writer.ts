import type { JsonObject } from '../../../../core/index.ts'
import { isJsonObject } from '../../../../core/index.ts'
import { maxDepth } from '../../codec.ts'
import { misfit } from '../../fault.ts'
import type { AvroNode, AvroRecord, AvroUnion } from '../avro-node.ts'
import type { AvroSink } from './avro-sink.ts'
import { findMisfit } from './find-misfit.ts'
import type { Write } from './write-value.ts'
import { refused, scalarWriters, writeEnum, writeJson, writeLatin1, writeString } from './write-value.ts'

export function compileWriter(root: AvroNode): Write {
  const records = new Map<AvroRecord, Write>()

  const compile = (node: AvroNode, isOptional = false): Write => {
    switch (node.kind) {
      case 'array':
        return writeArray(compile(node.items))
      case 'map':
        return writeMap(compile(node.values))
      case 'union':
        return compileUnion(node, compile, isOptional)
      case 'record': {
        const known = records.get(node)
        if (known !== undefined) return known
        let write: Write = () => {
          throw refused()
        }
        // Recursive records come back here before they are whole.
        records.set(node, (sink, value) => write(sink, value))
        write = writeRecord(node, compile)
        records.set(node, write)
        return write
      }
      case 'enum':
        return writeEnum(node.isNull ? [null] : node.symbols)
      case 'string':
        return node.isJson ? writeJson : writeString
      case 'fixed':
        return (sink, value) => writeLatin1(sink, value, node.size)
      default:
        return scalarWriters[node.kind]
    }
  }
  return compile(root)
}

function enter(sink: AvroSink): void {
  sink.depth += 1
  if (sink.depth > maxDepth) throw misfit('', 'is nested too deep')
}

function writeArray(item: Write): Write {
  return (sink, value) => {
    if (!Array.isArray(value)) throw refused()
    enter(sink)
    if (value.length > 0) {
      sink.items += value.length
      sink.zigzag(value.length)
      for (let index = 0; index < value.length; index += 1) item(sink, value[index])
    }
    sink.byte(0)
    sink.depth -= 1
  }
}

function writeMap(member: Write): Write {
  return (sink, value) => {
    if (!isJsonObject(value)) throw refused()
    enter(sink)
    writeEntries(sink, value, definedKeys(value), member)
    sink.depth -= 1
  }
}

function definedKeys(value: JsonObject): string[] {
  return Object.keys(value).filter(key => value[key] !== undefined)
}

/** Sorted, so that equal payloads have equal bytes. */
function writeEntries(sink: AvroSink, value: JsonObject, keys: string[], member: Write): void {
  if (keys.length > 0) {
    sink.items += keys.length
    sink.zigzag(keys.length)
    for (const key of keys.sort()) {
      if (key === '__proto__') throw refused()
      sink.text(key, true)
      member(sink, value[key])
    }
  }
  sink.byte(0)
}

interface FieldWriter {
  readonly key: string
  /** The name is one that every object has by inheritance, so only an own member counts. */
  readonly isInherited: boolean
  readonly isRest: boolean
  readonly write: Write
}

type Compile = (node: AvroNode, isOptional?: boolean) => Write

function writeRecord(record: AvroRecord, compile: Compile): Write {
  const keys = new Set(record.fields.filter(field => !field.isRest).map(field => field.key))
  const fields = record.fields.map(
    (field): FieldWriter => ({
      key: field.key,
      isInherited: field.key in Object.prototype,
      isRest: field.isRest,
      write: compile(
        field.isRest && field.node.kind === 'map' ? field.node.values : field.node,
        field.isOptional,
      ),
    }),
  )
  return (sink, value) => {
    if (!isJsonObject(value)) throw refused()
    enter(sink)
    let written = 0
    for (let index = 0; index < fields.length; index += 1) {
      const field = fields[index] as FieldWriter
      if (field.isRest) {
        const further = definedKeys(value).filter(key => !keys.has(key))
        written += further.length
        writeEntries(sink, value, further, field.write)
        continue
      }
      const member = field.isInherited && !Object.hasOwn(value, field.key) ? undefined : value[field.key]
      if (member !== undefined) written += 1
      field.write(sink, member)
    }
    sink.depth -= 1
    let own = 0
    for (const _key in value) own += 1
    // A member too many is looked for only where the numbers differ.
    if (own !== written && definedKeys(value).length !== written) throw refused()
  }
}

interface Candidate {
  readonly node: AvroNode
  readonly write: Write
}

/** Finds the branch by the type of the value, and looks closer only where several branches take that type. */
function compileUnion(union: AvroUnion, compile: Compile, isOptional: boolean): Write {
  const candidates = new Map<string, Candidate[]>()
  for (const [index, node] of union.branches.entries()) {
    const inner = compile(node)
    const write: Write = (sink, value) => {
      sink.zigzag(index)
      inner(sink, value)
    }
    const absent: Write = sink => sink.zigzag(index)
    if (node.kind === 'null' && isOptional) candidates.set('undefined', [{ node, write: absent }])
    else
      for (const type of typesOf(node))
        candidates.set(type, [...(candidates.get(type) ?? []), { node, write }])
  }
  return (sink, value) => {
    const found = candidates.get(value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
    if (found === undefined) throw refused()
    const isSole = found.length === 1
    const chosen = isSole ? found[0] : found.find(({ node }) => !findMisfit(node, value, sink.fitMemo()))
    if (chosen === undefined) throw refused()
    chosen.write(sink, value)
  }
}

function typesOf(node: AvroNode): readonly string[] {
  switch (node.kind) {
    case 'null':
      return ['null']
    case 'boolean':
      return ['boolean']
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return ['number']
    case 'string':
      return node.isJson ? ['null', 'boolean', 'number', 'string', 'array', 'object'] : ['string']
    case 'enum':
      return [node.isNull ? 'null' : 'string']
    case 'array':
      return ['array']
    case 'record':
    case 'map':
      return ['object']
    default:
      return ['string']
  }
}
