import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** A body that is ready to be sent, with the strong ETag of its bytes. */
export interface TaggedBody {
  readonly text: string
  readonly etag: string
  readonly mediaType: string
}

export function tagged(body: string | object, mediaType = 'application/json; charset=utf-8'): TaggedBody {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  // The same bytes in another form are another representation, so the form counts too.
  const hash = createHash('sha256').update(mediaType).update('\n').update(text)
  return { text, mediaType, etag: `"${hash.digest('base64url')}"` }
}

/** Answers 304 where the client has this very body already. What it is depends on the key, so no shared cache keeps it. */
export function sendTagged(request: FastifyRequest, reply: FastifyReply, body: TaggedBody): FastifyReply {
  reply
    .header('etag', body.etag)
    .header('cache-control', 'private, no-cache')
    .header('vary', 'Authorization, Keelson-Tenant')
  if (isKnown(request.headers['if-none-match'], body.etag)) return reply.code(304).send()
  return reply.header('content-type', body.mediaType).send(body.text)
}

function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const tags = header.split(',').map(tag => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}
