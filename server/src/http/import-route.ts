import { createImporters, importBatch, importerFor } from '@keelson/contexts/audit'
import type { FastifyInstance } from 'fastify'
import type { JsonValue } from 'keelson'
import { createIdSource, KeelsonError, systemClock } from 'keelson'
import { identify, requirePermission, requireTenant } from './access.ts'
import type { Problem } from './problem.ts'
import { toProblem } from './problem.ts'
import { QueryReader } from './query.ts'
import { importSchema } from './route-schemas.ts'
import type { ServerContext } from './server-context.ts'

/** What became of an import. */
export interface ImportAnswer {
  readonly batchId: string
  /** Records read: the sum of stored, duplicates and refused. */
  readonly read: number
  readonly stored: number
  readonly duplicates: number
  readonly refused: number
  /** Bytes read, unpacked. */
  readonly bytes: number
  /** Milliseconds. */
  readonly duration: number
  /** The first 100 refusals. */
  readonly problems: readonly {
    readonly line: number
    readonly index: number
    readonly code: string
    readonly message: string
  }[]
  /** Why the file was read no further; what came before is stored. */
  readonly fault?: Problem
}

/** Takes the files of other systems as they are, as a stream, no faster than events are stored. */
export function importRoute(app: FastifyInstance, server: ServerContext): void {
  const ids = createIdSource()
  const importers = createImporters({ isKnownType: type => server.platform.catalog.get(type) !== undefined })

  app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    scope.post(
      '/v1/imports',
      {
        config: { permission: 'events:write' },
        schema: importSchema,
        bodyLimit: server.limits.importBodyBytes,
      },
      async (request, reply) => {
        const caller = requireTenant(await identify(request, server.directory))
        requirePermission(request, caller)
        const query = new QueryReader(request.query, ['format', 'name', 'source'])
        const format = query.text('format')
        const fileName = query.text('name')
        const source = query.text('source')
        query.done()
        const importer = importerFor(format ?? '', importers)
        const tenantId = caller.tenant.id
        const gone = new AbortController()
        request.raw.once('aborted', () =>
          gone.abort(new KeelsonError('request_timeout', 'The client broke off')),
        )
        const signal = AbortSignal.any([gone.signal, server.stopping])
        const started = performance.now()
        const batchId = `imp-${ids.ulid().toLowerCase()}`
        const {
          isRecorded: _,
          fault,
          ...counts
        } = await importBatch({
          input: limited(request.raw, server.limits.importBodyBytes, signal),
          importer,
          sink: {
            publish: events =>
              server.platform.publishEach(tenantId, events as readonly unknown[] as readonly JsonValue[]),
          },
          origin: {
            ...(fileName === undefined ? {} : { fileName: fileName.slice(0, 500) }),
            ...(source === undefined ? {} : { source }),
          },
          batchId,
          tenantId,
          clock: systemClock,
          signal,
        })
        const duration = Math.round(performance.now() - started)
        const answer: ImportAnswer = {
          batchId,
          ...counts,
          duration,
          ...(fault === undefined ? {} : { fault: toProblem(fault) }),
        }
        return reply.send(answer)
      },
    )
  })
}

/** The body up to a limit; gives up waiting for it when the signal aborts, however still the client is. */
async function* limited(
  input: AsyncIterable<Uint8Array>,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  aborted.catch(() => undefined)
  const chunks = input[Symbol.asyncIterator]()
  for (;;) {
    const { value, done } = await Promise.race([chunks.next(), aborted])
    if (done) return
    bytes += value.length
    if (bytes > limit) throw new KeelsonError('request_too_large', `The file is larger than ${limit} bytes`)
    yield value
  }
}
