import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FastifyRequest } from 'fastify'
import { KeelsonError } from 'keelson'

const unzip = promisify(gunzip)

/** Content types whose bodies are taken as the bytes that came: JSON, CloudEvents, NDJSON. */
export const jsonTypes = [
  'application/json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
]
export const ndjsonTypes = ['application/x-ndjson', 'application/ndjson', 'application/jsonl']

/** The body's bytes, unpacked when it came with `Content-Encoding: gzip`, and never more than `limit` of them. */
export async function bodyBytes(request: FastifyRequest, limit: number): Promise<Uint8Array> {
  const body = request.body
  if (!(body instanceof Uint8Array) || body.length === 0) {
    throw new KeelsonError('request_invalid', 'The request has no body')
  }
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding === 'identity') return body
  if (encoding !== 'gzip')
    throw new KeelsonError(
      'encoding_unsupported',
      `The encoding "${encoding.slice(0, 40)}" is not supported; send gzip or none`,
    )
  try {
    return await unzip(body, { maxOutputLength: limit })
  } catch (error) {
    const isTooLarge = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
    if (isTooLarge)
      throw new KeelsonError('decompression_limit', `The body unpacks to more than ${limit} bytes`, { limit })
    throw new KeelsonError('compression_invalid', undefined, {}, error)
  }
}
