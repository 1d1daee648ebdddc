import type { JsonObject, JsonValue } from '../../../core/index.ts'
import { isJsonObject } from '../../../core/index.ts'
import { badSchema } from '../fault.ts'
import type { EnumShape, MemberShape, RecordShape, Shape } from '../shape/shape.ts'
import { splitNull } from '../shape/shape.ts'
import { shapeOf } from '../shape/shape-of.ts'
import { isAvroName, toAvroName, toAvroNames, toPascalCase, uniqueName } from './avro-name.ts'
import { marks } from './avro-node.ts'

export interface AvroSchemaOptions {
  /** Name of the outermost record, such as the event's type. */
  readonly name: string
  readonly namespace: string
}

/**
 * The Avro schema of a JSON Schema. It holds in `keelson.…` properties whatever a codec must know beyond Avro, so that
 * payloads come back exactly from the Avro schema alone. The same schema always gives the same.
 *
 * Dates and times stay strings: a logical type keeps the instant, not the text, and the text is what was hashed.
 *
 * @throws KeelsonError `schema_invalid`
 */
export function toAvroSchema(
  schema: JsonValue,
  { name, namespace }: AvroSchemaOptions,
): JsonObject | JsonValue[] {
  if (!isAvroName(name)) throw badSchema(`${JSON.stringify(name)} is not an Avro name`)
  if (!namespace.split('.').every(isAvroName))
    throw badSchema(`${JSON.stringify(namespace)} is not an Avro namespace`)
  const derived = new AvroDeriver(name).derive(shapeOf(schema))
  if (typeof derived === 'string') return { type: derived }
  const whole = derived as JsonObject | JsonValue[]
  return isJsonObject(whole) && whole['name'] !== undefined ? { ...whole, namespace } : whole
}

class AvroDeriver {
  readonly #root: string
  readonly #names = new Map<RecordShape | EnumShape, string>()
  readonly #taken: Set<string>
  #hasNull = false

  constructor(root: string) {
    this.#root = root
    this.#taken = new Set([root])
  }

  derive(shape: Shape): JsonValue {
    switch (shape.kind) {
      case 'integer':
        return 'long'
      case 'number':
        return 'double'
      case 'json':
        return { type: 'string', [marks.json]: true }
      case 'array':
        return { type: 'array', items: this.derive(shape.items) }
      case 'map':
        return { type: 'map', values: this.derive(shape.values) }
      case 'union':
        return shape.branches.map(branch => this.derive(branch))
      case 'enum':
        return this.#deriveEnum(shape)
      case 'record':
        return this.#deriveRecord(shape)
      default:
        return shape.kind
    }
  }

  #claimName(shape: RecordShape | EnumShape): string {
    const steps = shape.path.map(step => toAvroName(toPascalCase(step) || step))
    const name = steps.length === 0 ? this.#root : uniqueName([this.#root, ...steps].join('_'), this.#taken)
    this.#names.set(shape, name)
    this.#taken.add(name)
    return name
  }

  #deriveEnum(shape: EnumShape): JsonValue {
    // Where a symbol is no name the values are kept beside the string, and the JSON Schema goes on checking them.
    if (!shape.values.every(isAvroName)) return { type: 'string', [marks.values]: [...shape.values] }
    const known = this.#names.get(shape)
    if (known !== undefined) return known
    const doc = shape.description
    return {
      type: 'enum',
      name: this.#claimName(shape),
      ...(doc === undefined ? {} : { doc }),
      symbols: [...shape.values],
    }
  }

  #deriveRecord(shape: RecordShape): JsonValue {
    const known = this.#names.get(shape)
    if (known !== undefined) return known
    const name = this.#claimName(shape)
    const legal = toAvroNames(shape.members.map(member => member.name))
    const fields = shape.members.map(member => this.#deriveField(member, legal.get(member.name) as string))
    if (shape.rest !== undefined) {
      const values = this.derive(shape.rest)
      const rest = uniqueName('additionalMembers', new Set(legal.values()))
      fields.push({ name: rest, [marks.rest]: true, type: { type: 'map', values }, default: {} })
    }
    return {
      type: 'record',
      name,
      ...(shape.description === undefined ? {} : { doc: shape.description }),
      fields,
    }
  }

  #deriveField(member: MemberShape, name: string): JsonObject {
    return {
      name,
      ...(name === member.name ? {} : { [marks.name]: member.name }),
      ...(member.description === undefined ? {} : { doc: member.description }),
      ...(member.isOptional
        ? { [marks.optional]: true, type: this.#deriveOptional(member.shape), default: null }
        : { type: this.derive(member.shape) }),
    }
  }

  /** Null comes first and means absent; where the member may itself be null, an enum stands for that. */
  #deriveOptional(shape: Shape): JsonValue {
    const { isNullable, rest } = splitNull(shape)
    const values = rest === undefined ? [] : [this.derive(rest)].flat()
    return ['null', ...values, ...(isNullable ? [this.#deriveNull()] : [])]
  }

  #deriveNull(): JsonValue {
    if (this.#hasNull) return 'keelson.JsonNull'
    this.#hasNull = true
    return { type: 'enum', name: 'keelson.JsonNull', [marks.null]: true, symbols: ['NULL'] }
  }
}
