import type { EnumShape, MemberShape, RecordShape, Shape, UnionShape } from '../shape/shape.ts'
import { splitNull } from '../shape/shape.ts'
import type {
  ProtoEnum,
  ProtoField,
  ProtoLayout,
  ProtoMember,
  ProtoMessage,
  ProtoType,
} from './proto-layout.ts'
import { takeName, toPascalName } from './proto-name.ts'

type Path = readonly string[]

const scalars = {
  boolean: 'bool',
  integer: 'int64',
  number: 'double',
  string: 'string',
  json: 'json',
} as const
const flag: ProtoType = { kind: 'bool' }

/** Lays a shape out in messages; one that is no object stands in a box. */
export function layoutOf(shape: Shape): ProtoLayout {
  return new LayoutBuilder().build(shape)
}

class LayoutBuilder {
  readonly #messages: ProtoMessage[] = []
  readonly #enums: ProtoEnum[] = []
  readonly #taken = new Set<string>()
  readonly #known = new Map<RecordShape | EnumShape, ProtoType>()

  build(shape: Shape): ProtoLayout {
    if (shape.kind === 'record') this.#namedType(shape)
    else this.#box(shape, [])
    return { root: this.#messages[0] as ProtoMessage, messages: this.#messages, enums: this.#enums }
  }

  #claimPath(path: Path): string {
    if (this.#messages.length === 0) return '$'
    const name = toPascalName(path)
    return `$.${takeName(name, this.#taken, text => text.toUpperCase())}`
  }

  #addMessage(kind: ProtoMessage['kind'], path: Path, description?: string): ProtoMessage {
    const message: ProtoMessage = {
      path: this.#claimPath(path),
      kind,
      description,
      members: [],
      branches: [],
      rest: undefined,
    }
    this.#messages.push(message)
    return message
  }

  /** What can be the item of a list, the value of a map or a branch of a oneof. */
  #typeOf(given: Shape, path: Path): ProtoType {
    if (given.kind === 'enum' || given.kind === 'record') return this.#namedType(given)
    const { isNullable } = splitNull(given)
    if (given.kind === 'union' && !isNullable) return this.#choice(given, path)
    if (given.kind === 'array' || given.kind === 'map' || given.kind === 'null' || given.kind === 'union')
      return { kind: 'message', message: this.#box(given, path) }
    return { kind: scalars[given.kind] }
  }

  #box(given: Shape, path: Path): ProtoMessage {
    const message = this.#addMessage('box', path)
    message.members.push(
      this.#toMember({ name: 'value', shape: given, isOptional: false, description: undefined }, path),
    )
    return message
  }

  #choice(given: UnionShape, path: Path): ProtoType {
    const message = this.#addMessage('choice', path)
    const names = new Set<string>()
    for (const branch of given.branches) {
      const name = branch.kind === 'record' ? (branch.path.at(-1) ?? 'self') : branch.kind
      const key = takeName(name, names)
      const type = this.#typeOf(branch, [...path, branch.kind])
      message.branches.push({
        shape: branch,
        field: { key, jsonName: undefined, label: 'single', type, description: undefined },
      })
    }
    return { kind: 'message', message }
  }

  #namedType(given: RecordShape | EnumShape): ProtoType {
    const found = this.#known.get(given)
    if (found !== undefined) return found
    if (given.kind === 'enum') {
      const values = {
        path: this.#claimPath(given.path),
        description: given.description,
        symbols: given.values,
      }
      this.#enums.push(values)
      return this.#remember(given, { kind: 'enum', values })
    }
    const message = this.#addMessage('record', given.path, given.description)
    const type = this.#remember(given, { kind: 'message', message })
    for (const member of given.members)
      message.members.push(this.#toMember(member, [...given.path, member.name]))
    if (given.rest !== undefined) {
      const values = this.#typeOf(given.rest, [...given.path, 'additional'])
      message.rest = { key: '#rest', jsonName: undefined, label: 'map', type: values, description: undefined }
    }
    return type
  }

  #remember(shape: RecordShape | EnumShape, type: ProtoType): ProtoType {
    this.#known.set(shape, type)
    return type
  }

  #toMember({ name, shape: given, isOptional, description }: MemberShape, path: Path): ProtoMember {
    const { isNullable, rest } = splitNull(given)
    // Doubled, so that no member's key is that of a mark.
    const key = name.replaceAll('#', '##')
    const mark = (what: string): ProtoField => ({
      key: `${key}#${what}`,
      jsonName: undefined,
      label: 'single',
      type: flag,
      description: undefined,
    })
    const isList = rest?.kind === 'array' || rest?.kind === 'map'
    return {
      name,
      isOptional,
      value: rest && { key, jsonName: name, description, ...this.#valueField(rest, path) },
      isNull: isNullable ? mark('null') : undefined,
      isEmpty: isList && isOptional ? mark('empty') : undefined,
    }
  }

  #valueField(given: Shape, path: Path): Pick<ProtoField, 'label' | 'type'> {
    if (given.kind === 'array')
      return { label: 'repeated', type: this.#typeOf(given.items, [...path, 'item']) }
    if (given.kind === 'map') return { label: 'map', type: this.#typeOf(given.values, [...path, 'value']) }
    return { label: 'single', type: this.#typeOf(given, path) }
  }
}
