import type { Arena } from '../connection/arena.ts'
import { byteaArray, int4Array, int8Array, textArray } from '../connection/binary-array.ts'
import type { PostgresQuery } from '../connection/pool.ts'
import { ownTypes } from '../connection/row-types.ts'
import { streamStates } from '../plan/heads.ts'
import type { Plan } from '../plan/plan.ts'
import type { PlannedLog } from '../plan/planned-log.ts'

/**
 * Types of the parameters of `keelson.append` in their order, after the four numbers. Arrays of texts and bytes are
 * sent first, the largest before all: the driver's buffer then grows once.
 */
const types = [
  'bigint[], bigint[], bigint[], bigint[], bigint[], integer[], text[], text[], text[], bytea[], text[], text[]',
  'bigint[], text[], bigint[], text[], bigint[], bigint[], bigint[], bigint[], text[], bigint[], integer[]',
  'bigint[], text[], text[], bigint[], text[], bigint[], bigint[], text[], bigint[], integer[]',
].flatMap(line => line.split(', '))

/** The column of the bodies, which is sent first. */
const bodies = 10

const text = `SELECT keelson.append($1::integer, $2::bigint, $3::bigint, $4::bigint, ${types
  .map((type, at) => `$${at === bodies ? 5 : at < bodies ? at + 6 : at + 5}::${type}`)
  .join(', ')})`

/**
 * The call that writes a plan. It must be made before the next batch is planned, for heads are moved on then; it is
 * valid until the arena is cleared.
 */
export function appendCall(shard: number, { from, to, log }: Plan, arena?: Arena): PostgresQuery {
  const int8 = (values: readonly number[]): Buffer => int8Array(values, arena)
  const int4 = (values: readonly number[]): Buffer => int4Array(values, arena)
  const texts = (values: readonly string[]): Buffer => textArray(values, arena)
  const { events } = log
  return {
    text,
    name: 'keelson_append',
    values: [
      shard,
      from.position,
      from.mark,
      to.mark,
      texts(events.map(event => event.body)),
      int8(events.map(event => event.tenant.id)),
      int8(events.map(event => event.sequence)),
      int8(events.map(event => event.stream.id)),
      int8(events.map(event => event.version)),
      int8(events.map(event => log.typeId(event.type))),
      int4(events.map(event => event.filled)),
      texts(events.map(event => event.id)),
      texts(events.map(event => event.leaf)),
      texts(events.map(event => event.leafHash)),
      byteaArray(
        events.map(event => event.blind),
        arena,
      ),
      texts(events.some(event => event.secrets !== '') ? events.map(event => event.secrets) : []),
      ...headValues(log, int8, int4, texts),
      ...besides(log, int8, int4, texts),
    ],
    rowMode: 'array',
    types: ownTypes,
  }
}

type Write<T> = (values: readonly T[]) => Buffer

function headValues(
  log: PlannedLog,
  int8: Write<number>,
  int4: Write<number>,
  texts: Write<string>,
): Buffer[] {
  const tenants = [...log.tenants]
  const streams = [...log.streams]
  const newTypes = [...log.types]
  return [
    int8(tenants.map(tenant => tenant.id)),
    texts(tenants.map(tenant => tenant.name)),
    int8(tenants.map(tenant => tenant.size)),
    texts(tenants.map(tenant => tenant.hash)),
    int8(tenants.map(tenant => tenant.time)),
    int8(tenants.map(tenant => tenant.position)),
    int8(streams.map(([stream]) => stream.id)),
    int8(streams.map(([, tenant]) => tenant.id)),
    texts(streams.map(([stream]) => stream.name)),
    int8(streams.map(([stream]) => stream.version)),
    int4(streams.map(([stream]) => streamStates.indexOf(stream.state))),
    int8(newTypes.map(([, type]) => type.id)),
    texts(newTypes.map(([name]) => name)),
    texts(newTypes.map(([, type]) => type.topic)),
  ]
}

/** Links and idempotency keys. */
function besides(log: PlannedLog, int8: Write<number>, int4: Write<number>, texts: Write<string>): Buffer[] {
  const links = log.events.flatMap(event => event.links.map(link => ({ event, link })))
  const keys = [...log.keys.values()]
  return [
    int8(links.map(({ event }) => event.tenant.id)),
    texts(links.map(({ link }) => link)),
    int8(links.map(({ event }) => event.position)),
    int8(keys.map(({ tenant }) => tenant.id)),
    texts(keys.map(({ key }) => key)),
    int8(keys.map(({ position }) => position)),
    int4(keys.map(({ count }) => count)),
  ]
}
