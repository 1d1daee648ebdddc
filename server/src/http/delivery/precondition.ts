import type { FastifyRequest } from 'fastify'
import { KeelsonError } from 'keelson'

/** The tags of `If-Match`; undefined where the caller does not ask for any. */
export function ifMatch(request: FastifyRequest): readonly string[] | undefined {
  return request.headers['if-match']?.split(',').map(tag => tag.trim())
}

/** @throws KeelsonError `request_invalid`. */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new KeelsonError('request_invalid', 'The header Idempotency-Key is not 1 to 255 visible characters')
}
