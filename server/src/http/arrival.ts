import type { FastifyReply, FastifyRequest } from 'fastify'
import { KeelsonError } from 'keelson'
import { toProblem } from './problem.ts'

/** Milliseconds in which an import's body must have arrived. */
export const importTimeout = 3_600_000

/** Milliseconds that a body may still take once the server is stopping. */
const stopGrace = 5_000

/** Ends a request whose body does not arrive in time with `request_timeout`; nothing of it is stored. */
export function limitArrival(
  request: FastifyRequest,
  reply: FastifyReply,
  milliseconds: number,
  stopping: AbortSignal,
): void {
  const { raw } = request
  const hasBody =
    raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0
  if (!hasBody || raw.complete) return
  const isImport = request.url.startsWith('/v1/imports')
  const timer = setTimeout(() => refuse(reply), isImport ? importTimeout : milliseconds)
  timer.unref()
  // A server that stops waits no longer for a body that stands still than for one that comes.
  const hurry = () => setTimeout(() => raw.complete || refuse(reply), stopGrace).unref()
  if (!isImport) stopping.addEventListener('abort', hurry, { once: true })
  const stop = () => {
    clearTimeout(timer)
    stopping.removeEventListener('abort', hurry)
  }
  raw.once('end', stop)
  raw.once('close', stop)
}

function refuse(reply: FastifyReply): void {
  if (reply.sent || reply.raw.headersSent) return
  const body = JSON.stringify(toProblem(new KeelsonError('request_timeout')))
  reply.hijack()
  reply.raw.writeHead(408, {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  })
  reply.raw.end(body, () => reply.raw.socket?.destroySoon())
}
