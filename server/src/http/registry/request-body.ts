import type { FastifyRequest } from 'fastify'
import type { JsonObject, JsonValue, SchemaReference, SchemaRequest } from 'keelson'
import { decodeUtf8, isJsonObject, KeelsonError, parseJson } from 'keelson'
import { bodyBytes } from '../body.ts'

/** Bytes of a body: a schema of 64 KiB, every character of it escaped, with what is said of it. */
export const maxBody = 512 * 1024

/** @throws KeelsonError where the body is no JSON object. */
export async function readObject(request: FastifyRequest): Promise<JsonObject> {
  const value = parseJson(decodeUtf8(await bodyBytes(request, maxBody)))
  if (!isJsonObject(value)) throw new KeelsonError('request_invalid', 'The body is not a JSON object')
  return value
}

/** @throws KeelsonError `request_invalid` where a member is not known. */
export function refuseUnknown(body: JsonObject, known: readonly string[]): void {
  const faults = Object.keys(body)
    .filter(name => !known.includes(name))
    .slice(0, 20)
    .map(name => ({
      pointer: `/${name.slice(0, 60)}`,
      message: `is not known; known are ${known.join(', ')}`,
    }))
  const [first] = faults
  if (first) throw new KeelsonError('request_invalid', `${first.pointer} ${first.message}`, { faults })
}

/** What is to be registered. Its members are checked by the registry; a schema in JSON may stand as it is. */
export function toSchemaRequest(body: JsonObject): SchemaRequest {
  const { schemaType, schema, references, event, compatibility } = body
  return {
    schema: textOf(schema),
    ...(given(schemaType) && { schemaType }),
    ...(given(references) && { references: toReferences(references) }),
    ...(given(event) && { event }),
    ...(given(compatibility) && { compatibility: lowerCase(compatibility) }),
  } as SchemaRequest
}

/** Clients send `null` for what they leave out. */
const given = (value: JsonValue | undefined): value is JsonValue => value !== undefined && value !== null

function textOf(schema: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(schema) || typeof schema === 'boolean' ? JSON.stringify(schema) : schema
}

export const lowerCase = (value: JsonValue): JsonValue =>
  typeof value === 'string' ? value.toLowerCase() : value

function toReferences(references: JsonValue): readonly SchemaReference[] {
  if (Array.isArray(references) && references.every(isJsonObject)) {
    return references.map(({ name, subject, version }) => ({ name, subject, version }) as SchemaReference)
  }
  throw new KeelsonError('request_invalid', '/references must be a list of references', {
    faults: [{ pointer: '/references', message: 'must be a list of objects' }],
  })
}
