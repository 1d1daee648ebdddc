import type { JetStreamManager, StoredMsg, StreamInfo } from '@nats-io/jetstream'
import { KeelsonError } from '../../../core/index.ts'
import type { EventStore } from '../../../store/index.ts'
import { describeLog, LogIdentity, logOf } from '../../record/log-identity.ts'
import { toTransportError } from '../connection/transport-error.ts'
import { readMessage } from '../message/wire-event.ts'
import type { StreamMark } from './stream-access.ts'
import { findMessage } from './stream-access.ts'
import type { StreamSettings } from './stream-options.ts'
import { subjectRoot } from './stream-options.ts'

/** Keeps two logs out of one stream: each stream says which log it belongs to. */
export class LogMark implements StreamMark {
  readonly #store: EventStore
  readonly #identity: LogIdentity

  constructor(store: EventStore) {
    this.#store = store
    this.#identity = new LogIdentity(store)
  }

  log(): Promise<string> {
    return this.#identity.log()
  }

  /** @throws KeelsonError `transport_taken` where the stream says that it is another log's, or has its events. */
  async check(
    manager: JetStreamManager,
    info: StreamInfo,
    { settings, partition }: { readonly settings: StreamSettings; readonly partition: number },
  ): Promise<void> {
    const { name, description } = info.config
    const other = logOf(description)
    if (other === (await this.log())) return
    if (other !== undefined) throw taken(name)
    // Made beforehand, or by a version that did not say it: only what it has can tell.
    const root = subjectRoot(settings, partition)
    const subject = `${root}.>`
    const ends = [{ last_by_subj: subject }, { seq: 1, next_by_subj: subject }]
    for (const query of ends) {
      const message = await findMessage(manager, name, query)
      if (message !== undefined && !(await this.#fits(root, message, partition))) throw taken(name)
    }
  }

  /** Says in a stream that says nothing yet that it is this log's. Who may not change streams goes without. */
  async claim(manager: JetStreamManager, { config }: StreamInfo): Promise<void> {
    if (logOf(config.description) !== undefined) return
    const description = describeLog(await this.log(), config.description)
    try {
      await manager.streams.update(config.name, { ...config, description })
    } catch (error) {
      const failure = toTransportError(error, `to mark the stream ${config.name}`)
      if (failure.code !== 'transport_denied') throw failure
    }
  }

  /** Whether nothing speaks against a message being of this log; what was deleted here says nothing. */
  async #fits(root: string, { subject, data, header }: StoredMsg, partition: number): Promise<boolean> {
    const event = readMessage(root, { subject, data, headers: header })?.event
    if (event === undefined) return true
    const { position, leafHash } = event
    const { shards } = this.#store.capabilities
    const scope = { tenantId: 'every tenant', ...(shards === 1 ? {} : { shard: partition }) } as const
    if (position > (await this.#store.head(scope))) return false
    const at = { after: position - 1, limit: 1, removed: 'include' } as const
    const [own] = await Array.fromAsync(this.#store.readAll(scope, at))
    return own?.position !== position || own.leafHash === leafHash
  }
}

const taken = (stream: string): KeelsonError =>
  new KeelsonError('transport_taken', `The stream ${stream} at the broker has the events of another log`, {
    stream,
  })
