import { createRequire } from 'node:module'
import type { SchemaChecker, SchemaCheckers, SchemaDocument } from 'keelson'
import { KeelsonError } from 'keelson'
import { compareAvro, parseAvro } from 'keelson/avro'
import type { ProtobufJs } from 'keelson/protobuf'
import { compareProto, parseProto } from 'keelson/protobuf'
import { inlineAvro } from './inline-avro.ts'

const maxMessages = 50

/** Loaded when the first schema needs it: most servers see none, and it takes 8 MB. */
const protobufjs = (): ProtobufJs => createRequire(import.meta.url)('protobufjs') as ProtobufJs

/** The languages that schemas may be written in besides JSON Schema. */
export function schemaLanguages(): Pick<SchemaCheckers, 'AVRO' | 'PROTOBUF'> {
  return { AVRO: avroChecker, PROTOBUF: protobufChecker }
}

const avroChecker: SchemaChecker = {
  parse(document) {
    const { canonicalText, name } = parseAvro(inlineAvro(document))
    return { canonical: canonicalText, ...(name !== undefined && { title: name }) }
  },
  compare(earlier, next, mode) {
    const verdict = compareAvro(inlineAvro(earlier), inlineAvro(next), mode)
    return { ...verdict, messages: verdict.messages.slice(0, maxMessages) }
  },
}

const protobufChecker: SchemaChecker = {
  parse(document) {
    const { canonicalText, messages } = parseProto(protobufjs(), alone(document))
    return { canonical: canonicalText, ...(messages[0] !== undefined && { title: messages[0] }) }
  },
  compare(earlier, next, mode) {
    const verdict = compareProto(protobufjs(), alone(earlier), alone(next), mode)
    return { ...verdict, messages: verdict.messages.slice(0, maxMessages) }
  },
}

function alone({ text, references }: SchemaDocument): string {
  if (references.length === 0) return text
  throw new KeelsonError(
    'schema_invalid',
    'A .proto file cannot refer to others here: put all of its messages into one',
  )
}
