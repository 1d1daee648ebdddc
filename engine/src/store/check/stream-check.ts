import type { StreamRow, TenantRow } from '../transfer/rows.ts'
import { PositionCursor, RowsByPosition } from '../transfer/rows-by-position.ts'
import type { Findings } from './fault.ts'
import type { StoreInspection, StreamCount } from './inspection.ts'

/** Holds each stream to its events, by the stream's number; gives how many there are. */
export async function checkStreams(
  store: StoreInspection,
  shard: number,
  tenants: ReadonlyMap<number, TenantRow>,
  findings: Findings,
): Promise<number> {
  const counts = new RowsByPosition(byStream(store.streamCounts(shard)))
  const unknown = ({ stream }: StreamCount) =>
    findings.add('stream-unknown', {
      shard,
      problem: `events stand in the stream ${stream}, which is not there`,
    })
  let streams = 0
  try {
    for await (const page of store.scan('stream', { shard })) {
      const cursor = new PositionCursor(await counts.through(page.at(-1)?.id ?? 0))
      streams += page.length
      for (const stream of page)
        checkStream(stream, cursor.take(stream.id, unknown)[0], tenants, (name, problem) =>
          findings.add(name, { shard, problem, ...tenantOf(tenants.get(stream.tenant)) }),
        )
      cursor.rest(unknown)
    }
    for await (const rows of counts.rest()) for (const row of rows) unknown(row)
  } finally {
    await counts.close()
  }
  return streams
}

async function* byStream(pages: AsyncIterable<readonly StreamCount[]>) {
  for await (const page of pages) yield page.map(count => ({ ...count, position: count.stream }))
}

function checkStream(
  stream: StreamRow,
  count: StreamCount | undefined,
  tenants: ReadonlyMap<number, TenantRow>,
  report: (name: Parameters<Findings['add']>[0], problem: string) => void,
): void {
  const tenant = tenants.get(stream.tenant)
  const isNameless = stream.name.startsWith('deleted:')
  if (tenant !== undefined && tenant.deletedAt !== null && !isNameless)
    report('deleted-left', 'the name of a stream is still there')
  const name = `the stream "${stream.name}"`
  if (!count) {
    report('stream-empty', `${name} has no events`)
    return
  }
  if (count.tenant !== stream.tenant) report('stream-unknown', `${name} is of another tenant than its events`)
  if (count.firstVersion !== 1 || count.lastVersion !== count.events)
    report(
      'version-gap',
      `${name} has ${count.events} events of versions ${count.firstVersion} to ${count.lastVersion}`,
    )
  if (count.lastVersion !== stream.version)
    report('stream-head', `${name} is at version ${stream.version}, its newest event at ${count.lastVersion}`)
}

const tenantOf = (tenant: TenantRow | undefined): { tenant?: string } =>
  tenant === undefined ? {} : { tenant: tenant.name }
