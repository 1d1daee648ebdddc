import type { FastifyRequest } from 'fastify'
import type { JsonObject, SchemaRequest } from 'keelson'
import { KeelsonError } from 'keelson'
import { readObject, toSchemaRequest } from '../request-body.ts'
import { decodeFile, isEncoded } from './proto/file-descriptor.ts'
import { printFile } from './proto/print-file.ts'

export type Query = Readonly<Record<string, string | undefined>>

/** Parameters of a query that are known; clients send others, which mean nothing here. */
export function queryOf(request: FastifyRequest): Query {
  const given = request.query as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
  )
}

export const isTrue = (text: string | undefined): boolean => text === 'true'

/** A part of a list, as `offset` and `limit` ask for it, of `most` items; a negative limit is none. */
export function pageOf<Item>(
  items: readonly Item[],
  query: Query,
  most = Number.POSITIVE_INFINITY,
): readonly Item[] {
  const offset = wholeNumber(query['offset']) ?? 0
  const limit = Math.min(wholeNumber(query['limit']) ?? most, most)
  return items.slice(offset, offset + limit)
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** The schema of a body: Avro where it does not say. */
export async function readSchemaRequest(request: FastifyRequest): Promise<SchemaRequest> {
  const body: JsonObject = await readObject(request)
  const { schemaType, schema, references } = body
  if (typeof schema !== 'string') throw new KeelsonError('schema_invalid', 'The body has no text of a schema')
  const isDescriptor = schemaType === 'PROTOBUF' && isEncoded(schema)
  return toSchemaRequest({
    schemaType: schemaType ?? 'AVRO',
    schema: isDescriptor ? printFile(decodeFile(schema)) : schema,
    references: references ?? [],
  })
}
