import { createHash } from 'node:crypto'
import type { CommandDefinition, EventDefinition, JsonObject, JsonValue } from '../../core/index.ts'
import { canonicalJson } from '../../core/index.ts'

/** What a schema is of. */
export type SchemaKind = 'event' | 'command'

export type Definition = EventDefinition | CommandDefinition

export const kindOf = (definition: Definition): SchemaKind => ('topic' in definition ? 'event' : 'command')

/** The URN that names one version of one type's schema. */
export function schemaId(kind: SchemaKind, type: string, version: string): string {
  return `urn:keelson:${kind}:${type}:${version}`
}

/**
 * The JSON Schema 2020-12 document of a definition's payload: closed for producers, with title, description and
 * examples. Which members are personal data, and whose, stands in `x-keelson-personal`, because what is sealed and
 * what can be erased depends on it.
 */
export function toSchemaDocument(definition: Definition): JsonObject {
  const { type, version, summary, examples, payload } = definition
  const schema = plain(payload) as JsonObject
  const about = typeof schema['description'] === 'string' ? ` ${schema['description']}` : ''
  const personal = definition.personal ?? []
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: schemaId(kindOf(definition), type, version),
    title: type,
    ...schema,
    description: `${summary}${about}`,
    examples: plain(examples) as JsonValue,
    ...(personal.length > 0 ? { 'x-keelson-personal': plain(personal) as JsonValue } : {}),
  }
}

/** SHA-256 of the document's canonical JSON (RFC 8785), lower-case hexadecimal. */
export function schemaHash(document: JsonObject): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex')
}

/** As JSON has it: without the marks by which the schema library knows its own objects. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown
}
