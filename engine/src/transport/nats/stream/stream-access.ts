import type { JetStreamManager, StoredMsg, StreamInfo } from '@nats-io/jetstream'
import { KeelsonError } from '../../../core/index.ts'
import { apiCode, apiCodeOf, isMissing, toTransportError } from '../connection/transport-error.ts'
import { driftOf, wantedStream } from './stream-config.ts'
import type { StreamSettings } from './stream-options.ts'
import { streamName } from './stream-options.ts'

/** The stream as the broker has it; undefined where there is none. */
export async function findStream(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name)
  } catch (error) {
    if (apiCodeOf(error) === apiCode.streamNotFound) return undefined
    throw toTransportError(error, `to show the stream ${name}`)
  }
}

/** Sequence of the newest message that was taken out of a stream's middle; infinite where that cannot be said. */
export async function newestDeleted(manager: JetStreamManager, name: string): Promise<number> {
  try {
    const { state } = await manager.streams.info(name, { deleted_details: true })
    const { deleted = [], num_deleted: count = 0 } = state
    if (deleted.length < count) return Number.POSITIVE_INFINITY
    return deleted.reduce((newest, sequence) => Math.max(newest, sequence), 0)
  } catch (error) {
    throw toTransportError(error, `to show the stream ${name}`)
  }
}

/** Tells the streams of one log from those of another. */
export interface StreamMark {
  log(): Promise<string>
  /** @throws KeelsonError `transport_taken` where the stream is another log's. */
  check(
    manager: JetStreamManager,
    info: StreamInfo,
    place: { readonly settings: StreamSettings; readonly partition: number },
  ): Promise<void>
  /** Says in a stream that says nothing yet that it is this log's. */
  claim(manager: JetStreamManager, info: StreamInfo): Promise<void>
}

/** Which stream is meant, and whose. */
export interface StreamBinding {
  readonly settings: StreamSettings
  readonly partition: number
  readonly mark: StreamMark
}

/**
 * The stream of a partition, made where there is none.
 * @throws KeelsonError `topology_drifted` where it differs in what events come or in which order, `transport_taken`
 * where it is another log's.
 */
export async function ensureStream(
  manager: JetStreamManager,
  { settings, partition, mark }: StreamBinding,
): Promise<StreamInfo> {
  const name = streamName(settings, partition)
  const wanted = wantedStream(settings, partition, await mark.log())
  const info = (await findStream(manager, name)) ?? (await makeStream(manager, wanted))
  const drift = driftOf(wanted, info.config)
  if (drift?.isEssential !== true) {
    await mark.check(manager, info, { settings, partition })
    return info
  }
  throw new KeelsonError('topology_drifted', `The stream ${name} is not as it should be`, {
    stream: name,
    wanted: drift.wanted,
    present: drift.present,
  })
}

async function makeStream(
  manager: JetStreamManager,
  wanted: ReturnType<typeof wantedStream>,
): Promise<StreamInfo> {
  try {
    return await manager.streams.add(wanted)
  } catch (error) {
    // Another process has made it in the meantime, perhaps otherwise.
    const other = await findStream(manager, wanted.name)
    if (other !== undefined) return other
    throw toTransportError(error, `to make the stream ${wanted.name}`)
  }
}

/** A message of a stream; undefined where there is none such any more. */
export async function findMessage(
  manager: JetStreamManager,
  stream: string,
  query: Parameters<JetStreamManager['streams']['getMessage']>[1],
): Promise<StoredMsg | undefined> {
  try {
    return (await manager.streams.getMessage(stream, query)) ?? undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw toTransportError(error, `to show a message of ${stream}`)
  }
}
