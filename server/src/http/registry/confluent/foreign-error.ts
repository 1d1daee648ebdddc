import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode, KeelsonError } from 'keelson'
import { toKeelsonError } from 'keelson'

/** Statuses and numbers of errors as Confluent's registry documents them. */
interface ForeignError {
  readonly status: number
  readonly number: number
}

export const foreignType = 'application/vnd.schemaregistry.v1+json'

const byCode: Partial<Record<ErrorCode, ForeignError>> = {
  schema_invalid: { status: 422, number: 42201 },
  schema_incompatible: { status: 409, number: 409 },
  schema_read_only: { status: 422, number: 42205 },
  schema_subject_taken: { status: 422, number: 42205 },
  schema_limit_reached: { status: 422, number: 42205 },
  schema_referenced: { status: 422, number: 42206 },
  authentication_required: { status: 401, number: 40101 },
  authentication_failed: { status: 401, number: 40101 },
  permission_denied: { status: 403, number: 40301 },
  not_found: { status: 404, number: 404 },
  // A client would take 409 for an incompatible schema.
  version_conflict: { status: 503, number: 50301 },
}

const missing: Readonly<Record<string, readonly [gone: number, deleted: number]>> = {
  subject: [40401, 40404],
  version: [40402, 40406],
  schema: [40403, 40403],
  compatibility: [40408, 40408],
  mode: [40409, 40409],
}

const invalid: Readonly<Record<string, number>> = { version: 42202, compatibility: 42203, mode: 42204 }

function toForeign(error: KeelsonError): ForeignError {
  const { code, status, details } = error
  if (code === 'schema_not_found') {
    const [gone, deleted] = missing[String(details['missing'])] ?? [40403, 40403]
    return { status, number: details['isDeleted'] === true ? deleted : gone }
  }
  if (code === 'schema_not_deleted')
    return { status: 404, number: details['kind'] === 'subject' ? 40405 : 40407 }
  if (code === 'request_invalid' || code === 'query_invalid')
    return { status: 422, number: invalid[String(details['invalid'])] ?? 42201 }
  return byCode[code] ?? { status, number: status * 100 + 1 }
}

/** Answers with an error as these clients know them. */
export function sendForeignError(
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
): FastifyReply {
  const refused = byFramework(thrown)
  if (refused) return sendNumber(reply, refused.status, refused.status, refused.message)
  const error = toKeelsonError(thrown)
  const { status, number } = toForeign(error)
  if (status >= 500 && status !== 503) request.log.error({ err: error, code: error.code }, 'request failed')
  if (status === 401) reply.header('www-authenticate', 'Basic realm="Keelson"')
  if (status === 503 || status === 429) reply.header('retry-after', '1')
  // What went wrong inside is for the log.
  const message = error.status >= 500 ? error.code : error.message
  return sendNumber(reply, status, number, message)
}

/** What the framework refuses before a route is asked: a body that is too large, a type that is not taken. */
function byFramework(thrown: unknown): { readonly status: number; readonly message: string } | undefined {
  const {
    code,
    statusCode = 500,
    message,
  } = thrown as { code?: unknown; statusCode?: number; message: string }
  return String(code).startsWith('FST_') && statusCode < 500 ? { status: statusCode, message } : undefined
}

function sendNumber(reply: FastifyReply, status: number, number: number, message: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', foreignType)
    .send(JSON.stringify({ error_code: number, message }))
}
