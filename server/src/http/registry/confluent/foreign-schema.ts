import type { CompatibilityMode, SchemaVersion } from 'keelson'
import { KeelsonError } from 'keelson'
import { encodeFile } from './proto/file-descriptor.ts'

/**
 * A schema as these clients read it: Avro is what they take it for where nothing else is said. With the format
 * `serialized` a .proto file is its descriptor in base64.
 */
export function toForeignSchema({ schemaType, schema, references }: SchemaVersion, format?: string) {
  const isSerialized = format === 'serialized' && schemaType === 'PROTOBUF'
  return {
    ...(schemaType !== 'AVRO' && { schemaType }),
    schema: isSerialized ? encodeFile(schema) : schema,
    ...(references.length > 0 && { references }),
  }
}

export function toForeignVersion(version: SchemaVersion, format?: string) {
  const { subject, version: number, id } = version
  return { subject, version: number, id, ...toForeignSchema(version, format) }
}

export const toForeignMode = (mode: CompatibilityMode): string => mode.toUpperCase()

/** @throws KeelsonError `schema_not_found` where it cannot be an id. */
export function toId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new KeelsonError('schema_not_found', 'There is no such schema', { missing: 'schema' })
}
