import { byteaArray, int4Array, int8Array, textArray } from '../connection/binary-array.ts'
import type { PostgresQuery } from '../connection/pool.ts'
import { ownTypes } from '../connection/row-types.ts'
import { streamStates } from './heads.ts'
import type { Plan } from './plan.ts'
import type { PlannedLog } from './planned-log.ts'

type Column = readonly [sql: string, array: Buffer]

const int8 = (values: readonly number[]): Column => ['bigint[]', int8Array(values)]
const int4 = (values: readonly number[]): Column => ['integer[]', int4Array(values)]
const text = (values: readonly string[]): Column => ['text[]', textArray(values)]

/**
 * The call that writes a plan, in the order of `keelson.append`'s parameters. It must be made before the next batch
 * is planned, for heads are moved on then.
 */
export function appendCall(shard: number, { from, to, log }: Plan): PostgresQuery {
  const columns = [...eventColumns(log), ...headColumns(log), ...linkColumns(log), ...keyColumns(log)]
  const numbers = [shard, from.position, from.mark, to.mark]
  const markers = [
    '$1::integer, $2::bigint, $3::bigint, $4::bigint',
    ...columns.map(([sql], at) => `$${at + numbers.length + 1}::${sql}`),
  ]
  return {
    text: `SELECT keelson.append(${markers.join(', ')})`,
    name: 'keelson_append',
    values: [...numbers, ...columns.map(([, array]) => array)],
    rowMode: 'array',
    types: ownTypes,
  }
}

function eventColumns(log: PlannedLog): Column[] {
  const { events } = log
  return [
    int8(events.map(event => event.tenant.id)),
    int8(events.map(event => event.sequence)),
    int8(events.map(event => event.stream.id)),
    int8(events.map(event => event.version)),
    int8(events.map(event => log.typeId(event.type))),
    int4(events.map(event => event.filled)),
    text(events.map(event => event.id)),
    text(events.map(event => event.leaf)),
    text(events.map(event => event.leafHash)),
    ['bytea[]', byteaArray(events.map(event => event.blind))],
    text(events.map(event => event.body)),
  ]
}

function headColumns(log: PlannedLog): Column[] {
  const tenants = [...log.tenants]
  const streams = [...log.streams]
  const types = [...log.types]
  return [
    int8(tenants.map(tenant => tenant.id)),
    text(tenants.map(tenant => tenant.name)),
    int8(tenants.map(tenant => tenant.size)),
    text(tenants.map(tenant => tenant.hash)),
    int8(tenants.map(tenant => tenant.time)),
    int8(tenants.map(tenant => tenant.position)),
    int8(streams.map(([stream]) => stream.id)),
    int8(streams.map(([, tenant]) => tenant.id)),
    text(streams.map(([stream]) => stream.name)),
    int8(streams.map(([stream]) => stream.version)),
    int4(streams.map(([stream]) => streamStates.indexOf(stream.state))),
    int8(types.map(([, type]) => type.id)),
    text(types.map(([name]) => name)),
    text(types.map(([, type]) => type.topic)),
  ]
}

function linkColumns({ events }: PlannedLog): Column[] {
  const linked = events.flatMap(event => event.links.map(link => ({ event, link })))
  return [
    int8(linked.map(({ event }) => event.tenant.id)),
    text(linked.map(({ link }) => link)),
    int8(linked.map(({ event }) => event.position)),
  ]
}

function keyColumns(log: PlannedLog): Column[] {
  const keys = [...log.keys.values()]
  return [
    int8(keys.map(({ tenant }) => tenant.id)),
    text(keys.map(({ key }) => key)),
    int8(keys.map(({ position }) => position)),
    int4(keys.map(({ count }) => count)),
  ]
}
