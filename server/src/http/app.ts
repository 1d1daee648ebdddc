import { randomUUID } from 'node:crypto'
import swagger from '@fastify/swagger'
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifySchema } from 'fastify'
import fastify, { LogController } from 'fastify'
import { KeelsonError } from 'keelson'
import { importTimeout, limitArrival } from './arrival.ts'
import { jsonTypes, ndjsonTypes } from './body.ts'
import { catalogRoutes } from './catalog-routes.ts'
import { consoleFiles, consoleFolder } from './console-files.ts'
import { deliveryRoutes } from './delivery/delivery-routes.ts'
import { directoryRoutes } from './directory-routes.ts'
import { importRoute } from './import-route.ts'
import { logRoutes } from './log/log-routes.ts'
import { metaRoutes } from './meta-routes.ts'
import { createProblemSender, toProblem } from './problem.ts'
import { readRoutes } from './read-routes.ts'
import { registryRoutes } from './registry/registry-routes.ts'
import { plain } from './route-schemas.ts'
import type { ServerContext } from './server-context.ts'
import { tailRoute } from './tail-route.ts'
import { writeRoutes } from './write-routes.ts'

export interface AppOptions {
  readonly logger?: FastifyBaseLogger
  /** Milliseconds in which a request must have arrived whole; default 60,000. Imports have an hour. */
  readonly requestTimeout?: number
}

/** The HTTP application over a server context; not listening yet. */
export async function createApp(server: ServerContext, options: AppOptions = {}): Promise<FastifyInstance> {
  const sendProblem = createProblemSender()
  const app: FastifyInstance = fastify({
    ...(options.logger === undefined
      ? { logger: { level: 'warn', stream: process.stderr } }
      : { loggerInstance: options.logger }),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => `req-${randomUUID()}`,
    // Node's own limit would end a long import too; `limitArrival` is the one that counts.
    requestTimeout: importTimeout,
    keepAliveTimeout: 30_000,
    forceCloseConnections: 'idle',
    bodyLimit: server.limits.batchBodyBytes,
    // What still comes on an open connection is answered below, as a problem like any other.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1024 * 3, ignoreTrailingSlash: true },
    clientErrorHandler: refuseBrokenClient,
    // A path that cannot be read meets no route, and so no error handler.
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, fromFramework(error)),
  })
  // Requests are checked by the code that takes them: the framework's checks would coerce and strip what came.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => data => JSON.stringify(data))
  app.removeAllContentTypeParsers()
  app.addContentTypeParser([...jsonTypes, ...ndjsonTypes], { parseAs: 'buffer' }, (_, body, done) =>
    done(null, body),
  )
  app.setErrorHandler<FastifyError>((error, request, reply) =>
    sendProblem(request, reply, fromFramework(error)),
  )
  app.setNotFoundHandler((request, reply) => {
    if (request.method === 'GET' && hasConsole && isPagePath(request.url)) return reply.sendFile('index.html')
    return sendProblem(
      request,
      reply,
      new KeelsonError(
        'not_found',
        `There is nothing at ${request.method} ${request.url.split('?')[0]?.slice(0, 200)}`,
      ),
    )
  })
  app.addHook('onRequest', async (request, reply) => {
    if (server.stopping.aborted && request.url.startsWith('/v1/')) throw new KeelsonError('not_ready')
    limitArrival(request, reply, options.requestTimeout ?? 60_000, server.stopping)
  })
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    // Kept alive, the connection would hold up the stop until it times out.
    if (server.stopping.aborted) reply.header('connection', 'close')
    if (isApiPath(request.url)) {
      reply.header('x-content-type-options', 'nosniff')
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    }
  })

  await app.register(swagger, {
    openapi: openApi(server.version),
    transform: ({ schema, url, route }) => {
      const described = { ...schema, 'x-permission': route.config?.permission }
      return url.endsWith('*') ? withPath(described, url) : { schema: described, url }
    },
  })
  const folder = consoleFolder()
  const hasConsole = folder !== undefined
  if (folder !== undefined) await consoleFiles(app, folder)
  await app.register(async routes => {
    routes.addHook('onRoute', ({ url, config }) => {
      if (config?.permission === undefined)
        throw new KeelsonError('internal_error', `${url} does not say what its callers may do`)
    })
    metaRoutes(routes, server)
    catalogRoutes(routes, server)
    writeRoutes(routes, server)
    readRoutes(routes, server)
    tailRoute(routes, server)
    directoryRoutes(routes, server)
    importRoute(routes, server)
    registryRoutes(routes, server)
    deliveryRoutes(routes, server)
    logRoutes(routes, server)
    routes.get(
      '/openapi.json',
      {
        config: { permission: 'open' },
        schema: { ...plain('openApi', 'health', 'This description', true), hide: true },
      },
      async () => app.swagger(),
    )
  })
  return app
}

/** The rest of a path has no name in the framework; a document asks for one. */
function withPath(
  schema: FastifySchema,
  url: string,
): { readonly schema: FastifySchema; readonly url: string } {
  const params = schema.params as { readonly properties?: Readonly<Record<string, unknown>> } | undefined
  const path = params?.properties?.['*']
  const named = { ...params, properties: { path }, required: ['path'] }
  return { schema: { ...schema, params: named }, url: `${url.slice(0, -1)}:path` }
}

const isApiPath = (url: string): boolean => /^\/(v1|healthz|readyz|metrics|openapi\.json)(\/|\?|$)/.test(url)

/** Paths that the console's own router answers: not the API's, and not those of files. */
const isPagePath = (url: string): boolean => !isApiPath(url) && !url.startsWith('/assets/')

function openApi(version: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Keelson',
      version,
      description:
        'Events of multi-tenant products: validated, stored durably in order, found again, followed live.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    components: {
      securitySchemes: { key: { type: 'http' as const, scheme: 'bearer', description: 'An API key.' } },
    },
  }
}

/** Names of the framework's errors that a caller can cause, as errors of the table. */
function fromFramework(error: FastifyError | Error): Error {
  switch ((error as FastifyError).code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new KeelsonError('request_too_large')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new KeelsonError(
        'content_type_unsupported',
        `Send one of ${[...jsonTypes, ...ndjsonTypes].join(', ')}`,
      )
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new KeelsonError('request_invalid', 'The body is not as long as Content-Length says')
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return new KeelsonError('request_invalid', 'The request has no body')
    case 'ECONNRESET':
      return new KeelsonError('request_timeout', 'The client broke off')
    case 'FST_ERR_MAX_PARAM_LENGTH':
    case 'FST_ERR_BAD_URL':
      return new KeelsonError('request_invalid', 'The path is malformed')
    default:
      return error
  }
}

/** Answers a client that breaks off or does not speak HTTP, as far as its socket still takes an answer. */
function refuseBrokenClient(error: Error & { code?: string }, socket: import('node:net').Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const problem = toProblem(
    new KeelsonError(
      isSlow ? 'request_timeout' : 'request_invalid',
      isSlow ? undefined : 'The request is not valid HTTP',
    ),
  )
  const body = JSON.stringify(problem)
  const head = `HTTP/1.1 ${problem.status} ${isSlow ? 'Request Timeout' : 'Bad Request'}\r\ncontent-type: application/problem+json; charset=utf-8\r\n`
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`)
}
