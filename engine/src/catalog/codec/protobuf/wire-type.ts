import { badSchema } from '../fault.ts'
import type { FieldNumbers } from './field-numbers.ts'
import type { ProtoField, ProtoMessage, ProtoType } from './proto-layout.ts'

/** The low three bits of a tag, in the encoding of Protocol Buffers. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

export function wireTypeOf(type: ProtoType): number {
  switch (type.kind) {
    case 'int64':
    case 'bool':
    case 'enum':
      return wireTypes.varint
    case 'double':
      return wireTypes.fixed64
    default:
      return wireTypes.bytes
  }
}

/** @throws KeelsonError `schema_invalid` where the field has no number. */
export function numberOf(message: ProtoMessage, field: ProtoField, numbers: FieldNumbers): number {
  const fields = numbers.messages[message.path]?.fields ?? {}
  const number = Object.hasOwn(fields, field.key) ? fields[field.key] : undefined
  if (number === undefined)
    throw badSchema(`${message.path} has no number for the field ${JSON.stringify(field.key)}`)
  return number
}

export function tagFor(
  message: ProtoMessage,
  field: ProtoField,
  numbers: FieldNumbers,
  wireType: number,
): number {
  return numberOf(message, field, numbers) * 8 + wireType
}
