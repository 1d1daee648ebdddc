import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream'
import type { TopologyDifference, TransportTopology } from '../../topology.ts'
import type { NatsLink } from '../connection/nats-link.ts'
import { toTransportError } from '../connection/transport-error.ts'
import { findStream } from './stream-access.ts'
import { asDifference, driftOf, wantedStream } from './stream-config.ts'
import type { StreamSettings } from './stream-options.ts'
import { streamName } from './stream-options.ts'

/** The streams of a transport, one for each partition; topics are subjects of them and need no making. */
export function createNatsTopology(
  link: NatsLink,
  settings: StreamSettings,
  partitions: number,
): TransportTopology {
  const all = Array.from({ length: partitions }, (_, partition) => wantedStream(settings, partition))
  const diff = async (signal: AbortSignal) => {
    const { manager } = await link.open()
    const found: TopologyDifference[] = []
    for (const wanted of all) {
      signal.throwIfAborted()
      const info = await findStream(manager, wanted.name)
      if (info === undefined)
        found.push({ kind: 'missing', what: 'stream', name: wanted.name, wanted: asJson(wanted) })
      else {
        const drift = driftOf(wanted, info.config)
        if (drift !== undefined) found.push(asDifference(wanted.name, drift))
      }
    }
    return [...found, ...(await extraStreams(manager, settings, partitions))]
  }
  return {
    diff,
    async apply(signal) {
      const { manager } = await link.open()
      for (const wanted of all) {
        signal.throwIfAborted()
        await bringInLine(manager, wanted)
      }
      return diff(signal)
    },
  }
}

const asJson = (wanted: ReturnType<typeof wantedStream>) => ({
  subjects: [...(wanted.subjects ?? [])],
  retention: wanted.retention ?? 'limits',
})

async function bringInLine(
  manager: JetStreamManager,
  wanted: ReturnType<typeof wantedStream>,
): Promise<void> {
  const info = await findStream(manager, wanted.name)
  try {
    if (info === undefined) await manager.streams.add(wanted)
    else if (driftOf(wanted, info.config) !== undefined)
      await manager.streams.update(wanted.name, { ...info.config, ...changeable(wanted, info) })
  } catch (error) {
    throw toTransportError(error, `to bring the stream ${wanted.name} in line`)
  }
}

/** Where events lie, how long they are kept for whom, and of which log they are, is not changed here. */
function changeable(wanted: ReturnType<typeof wantedStream>, { config }: StreamInfo) {
  const { storage, retention, description = '' } = config
  return { ...wanted, storage, retention, description }
}

/** Streams of the same name for partitions that are not there, as after a move to fewer of them. */
async function extraStreams(
  manager: JetStreamManager,
  settings: StreamSettings,
  partitions: number,
): Promise<readonly TopologyDifference[]> {
  const names: string[] = []
  try {
    for await (const name of manager.streams.names(`${settings.subject}.>`)) names.push(name)
  } catch (error) {
    throw toTransportError(error, 'to list its streams')
  }
  const wanted = Array.from({ length: partitions }, (_, partition) => streamName(settings, partition))
  return names
    .filter(name => name.startsWith(`${settings.name}_`) && !wanted.includes(name))
    .map(name => ({ kind: 'extra', what: 'stream', name }))
}
