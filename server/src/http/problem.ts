import { hash } from 'node:crypto'
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
export type SendProblem = (request: FastifyRequest, reply: FastifyReply, thrown: unknown) => FastifyReply

/** Milliseconds for which the same damage is not logged again. */
const quietFor = 60_000
/** Damages of which it is remembered that they were logged. */
const mostTold = 1_000

/** For one server: what is known to be damaged is logged as one line, and not with each request that meets it. */
export function createProblemSender(now: () => number = Date.now): SendProblem {
  const told = new Map<string, number>()
  const isNews = (what: string): boolean => {
    const at = now()
    const age = at - (told.get(what) ?? Number.NEGATIVE_INFINITY)
    if (age >= 0 && age < quietFor) return false
    told.delete(what)
    told.set(what, at)
    if (told.size > mostTold) told.delete([...told.keys()][0] as string)
    return true
  }
  return (request, reply, thrown) => {
    const error = toKeelsonError(thrown)
    const { code, message } = error
    if (!namesDamage.has(code)) logFailure(request, error)
    else if (isNews(`${code} ${message} ${callerOf(request)}`))
      request.log.error({ code, path: request.url.split('?')[0] }, message)
    return answerProblem(request, reply, error)
  }
}

/** Tells callers apart, as one tenant's damage may have the words of another's. */
const callerOf = ({ headers }: FastifyRequest): string =>
  hash('sha256', `${headers.authorization ?? ''}\n${String(headers['keelson-tenant'] ?? '')}`)

function logFailure(request: FastifyRequest, error: KeelsonError): void {
  const { status } = errorTable[error.code]
  // 503 is back-pressure or a stop: an answer by design, and a line for each would flood the log just when load is high.
  if (status >= 500 && status !== 503) request.log.error({ err: error, code: error.code }, 'request failed')
}

function answerProblem(request: FastifyRequest, reply: FastifyReply, error: KeelsonError): FastifyReply {
  const problem = toProblem(error)
  if (problem.status === 503 || problem.status === 429)
    reply.header('retry-after', String(error.details['retryAfterSeconds'] ?? 1))
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify({ ...problem, instance: request.id }))
}
