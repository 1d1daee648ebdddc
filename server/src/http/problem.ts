import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode, KeelsonError } from 'keelson'
import { errorTable, toKeelsonError } from 'keelson'

/** An RFC 9457 problem. `code` is a stable word of the error table. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly remedy: string
  readonly retryable: boolean
  readonly errors?: readonly { pointer: string; message: string; hint?: string }[]
  readonly [member: string]: unknown
}

/** What is damaged has to be named for whoever mends it; these messages name no more than that. */
const namesDamage: ReadonlySet<ErrorCode> = new Set(['archive_damaged', 'log_damaged'])

/** The problem that an error is for the caller. What went wrong inside is for the log, not for the answer. */
export function toProblem(error: KeelsonError): Problem {
  const entry = errorTable[error.code]
  const { faults, ...details } = error.details
  const isInternal = entry.status === 500 && !namesDamage.has(error.code)
  return {
    type: `urn:keelson:error:${error.code}`,
    title: entry.meaning,
    status: entry.status,
    detail: isInternal ? entry.meaning : error.message,
    code: error.code,
    remedy: entry.remedy,
    retryable: entry.retryable,
    ...(faults === undefined ? {} : { errors: faults }),
    ...(isInternal ? {} : details),
  }
}

/** Answers with the problem of an error. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = toKeelsonError(thrown)
  const problem = toProblem(error)
  // 503 is back-pressure or a stop: an answer by design, and a line for each would flood the log just when load is high.
  if (problem.status >= 500 && problem.status !== 503)
    request.log.error({ err: error, code: error.code }, 'request failed')
  if (problem.status === 503 || problem.status === 429)
    reply.header('retry-after', String(error.details['retryAfterSeconds'] ?? 1))
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify({ ...problem, instance: request.id }))
}
