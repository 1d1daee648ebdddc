import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ExecutionContext, JsonObject, JsonSlice, JsonValue, PublishResult, Receipt } from 'keelson'
import {
  createJsonSplitter,
  decodeUtf8,
  isJsonObject,
  KeelsonError,
  parseJson,
  runInContext,
  toKeelsonError,
  traceIdOf,
} from 'keelson'
import type { TenantCaller } from './access.ts'
import { admit, identify, requireTenant } from './access.ts'
import { bodyBytes } from './body.ts'
import { Gate } from './gate.ts'
import { toProblem } from './problem.ts'
import { batchSchema, publishSchema } from './route-schemas.ts'
import type { ServerContext } from './server-context.ts'

/** Events of a batch that are parsed and handed to the store at a time. */
const sliceSize = 100
/** A text longer than this is refused before it is parsed, so that one event cannot hold up the others. */
const maxRecordBytes = 1024 * 1024
/** Slices of all batches in work at a time; the others wait as the bytes they came as, a tenth of what they take parsed. */
const slicesAtOnce = 3

export function writeRoutes(app: FastifyInstance, server: ServerContext): void {
  const { limits, platform, directory } = server
  const gate = new Gate(slicesAtOnce)
  const callers = new WeakMap<FastifyRequest, TenantCaller>()
  // Before the body is read: who has no key makes the server hold none of it.
  const admitEarly = async (request: FastifyRequest): Promise<void> => {
    const caller = requireTenant(await identify(request, directory))
    admit(request, caller)
    callers.set(request, caller)
  }

  app.post(
    '/v1/events',
    {
      config: { permission: 'events:write' },
      schema: publishSchema,
      bodyLimit: limits.eventBodyBytes,
      onRequest: admitEarly,
    },
    async (request, reply) => {
      const caller = callers.get(request) as TenantCaller
      const event = parseJson(decodeUtf8(await bodyBytes(request, limits.eventBodyBytes)))
      const key = idempotencyKey(request)
      const publish = () =>
        platform.publish(
          caller.tenant.id,
          toStructured(request, event),
          key === undefined ? {} : { idempotencyKey: key },
        )
      const receipt = await runInContext(requestContext(request, caller), publish)
      return reply
        .code(receipt.duplicate ? 200 : 201)
        .header('location', `/v1/events/${receipt.eventId}`)
        .send(receipt)
    },
  )

  app.post(
    '/v1/events/batch',
    {
      config: { permission: 'events:write' },
      schema: batchSchema,
      bodyLimit: limits.batchBodyBytes,
      onRequest: admitEarly,
    },
    async (request, reply) => {
      const caller = callers.get(request) as TenantCaller
      if (request.headers['idempotency-key'] !== undefined) {
        throw new KeelsonError(
          'request_invalid',
          'A batch takes no Idempotency-Key: give each event an eventId, which makes it safe to repeat',
        )
      }
      const context = requestContext(request, caller)
      const slices = splitBatch(await bodyBytes(request, limits.batchBodyBytes), limits.batchEvents)
      const results = await runInContext(context, () => publishItems(server, gate, caller.tenant.id, slices))
      const refused = results.filter(result => 'problem' in result)
      const duplicates = results.filter(result => result.status === 200).length
      const isBusy = refused.some(result => result.status === 503)
      if (isBusy) reply.header('retry-after', '1')
      return reply.code(refused.length === 0 ? 200 : 207).send({
        accepted: results.length - refused.length - duplicates,
        duplicates,
        refused: refused.length,
        results,
      })
    },
  )
}

interface ItemResult {
  readonly index: number
  readonly line: number
  readonly status: number
  readonly receipt?: Receipt
  readonly problem?: object
}

/** Cuts a body into the texts of its events; they are parsed when their turn comes. */
function splitBatch(body: Uint8Array, maxEvents: number): JsonSlice[] {
  const splitter = createJsonSplitter({ maxRecordBytes })
  const slices = [...splitter.push(body), ...splitter.end()]
  if (slices.length > maxEvents)
    throw new KeelsonError(
      'request_too_large',
      `The batch has ${slices.length} events; at most ${maxEvents} are taken`,
    )
  if (slices.length === 0) throw new KeelsonError('request_invalid', 'The batch holds no events')
  return slices
}

async function publishItems(
  server: ServerContext,
  gate: Gate,
  tenantId: string,
  slices: readonly JsonSlice[],
): Promise<ItemResult[]> {
  const results: ItemResult[] = []
  for (let start = 0; start < slices.length; start += sliceSize) {
    const part = slices.slice(start, start + sliceSize)
    const settled = await gate.run(() => publishSlice(server, tenantId, part))
    for (const [at, result] of settled.entries()) {
      results.push(toItemResult(start + at, (part[at] as JsonSlice).line, result))
    }
  }
  return results
}

/** A result for each item: what is not JSON is refused here, the rest is the platform's to take. */
async function publishSlice(
  server: ServerContext,
  tenantId: string,
  slices: readonly JsonSlice[],
): Promise<(PublishResult | { error: KeelsonError })[]> {
  const items = slices.map(parseItem)
  const values = items.filter(item => 'value' in item).map(item => item.value)
  const published = await server.platform.publishEach(tenantId, values)
  let next = 0
  return items.map(item => ('error' in item ? item : (published[next++] as PublishResult)))
}

/** One that is not JSON becomes a refused item; the others are not held up. */
function parseItem(slice: JsonSlice): { value: JsonValue } | { error: KeelsonError } {
  if (!slice.ok) return { error: slice.error }
  try {
    return { value: parseJson(decodeUtf8(slice.text)) }
  } catch (error) {
    return { error: toKeelsonError(error) }
  }
}

function toItemResult(
  index: number,
  line: number,
  result: PublishResult | { error: KeelsonError },
): ItemResult {
  if ('error' in result) {
    const problem = toProblem(result.error)
    return { index, line, status: problem.status, problem }
  }
  return { index, line, status: result.duplicate ? 200 : 201, receipt: result.receipt }
}

/** A CloudEvent in binary mode has its attributes in `ce-` headers; every other body is an event as it stands. */
function toStructured(request: FastifyRequest, body: JsonValue): JsonValue {
  if (request.headers['ce-specversion'] === undefined) return body
  const event: JsonObject = { datacontenttype: 'application/json', data: body }
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === 'ce-data') throw new KeelsonError('request_invalid', 'In binary mode the data is the body')
    if (name.startsWith('ce-') && typeof value === 'string')
      event[name.slice(3)] = decodeURIComponentSafely(value)
  }
  if (isJsonObject(body) && 'specversion' in body)
    throw new KeelsonError('request_invalid', 'The event is in structured and in binary mode at once')
  return event
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function requestContext(request: FastifyRequest, { key, tenant }: TenantCaller): ExecutionContext {
  const traceparent = request.headers['traceparent']
  const traceId = typeof traceparent === 'string' ? traceIdOf(traceparent) : undefined
  return {
    tenantId: tenant.id,
    actor: key.id,
    // An event that does not say what emitted it comes from whoever holds the key.
    source: key.name,
    ...(traceId === undefined ? {} : { traceId, traceparent: traceparent as string }),
  }
}

function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new KeelsonError('request_invalid', 'The header Idempotency-Key is not 1 to 255 visible characters')
  }
  return key
}
