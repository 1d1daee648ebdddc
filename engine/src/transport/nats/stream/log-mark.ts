import { randomUUID } from 'node:crypto'
import type { JetStreamManager, StoredMsg, StreamInfo } from '@nats-io/jetstream'
import { isJsonObject, KeelsonError } from '../../../core/index.ts'
import type { EventStore } from '../../../store/index.ts'
import { toTransportError } from '../connection/transport-error.ts'
import { readMessage } from '../message/wire-event.ts'
import type { StreamMark } from './stream-access.ts'
import { findMessage } from './stream-access.ts'
import { describeStream, logOfStream } from './stream-description.ts'
import type { StreamSettings } from './stream-options.ts'
import { subjectRoot } from './stream-options.ts'

const tenantId = 'platform'
const collection = 'log-identity'
const id = 'log'

/** Keeps two logs out of one stream: each stream says which log it belongs to. */
export class LogMark implements StreamMark {
  readonly #store: EventStore
  #log: Promise<string> | undefined

  constructor(store: EventStore) {
    this.#store = store
  }

  /** The name of the log, made at the first call for good; a copy of the store has the same. */
  log(): Promise<string> {
    this.#log ??= this.#readLog().catch(error => {
      this.#log = undefined
      throw error
    })
    return this.#log
  }

  /** @throws KeelsonError `transport_taken` where the stream says that it is another log's, or has its events. */
  async check(
    manager: JetStreamManager,
    info: StreamInfo,
    { settings, partition }: { readonly settings: StreamSettings; readonly partition: number },
  ): Promise<void> {
    const { name, description } = info.config
    const other = logOfStream(description)
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
    if (logOfStream(config.description) !== undefined) return
    try {
      await manager.streams.update(config.name, { ...config, description: describeStream(await this.log()) })
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
    const [own] = await this.#store.readPositions(event.tenantId, [position])
    if (own !== undefined) return own.leafHash === leafHash
    const { shards } = this.#store.capabilities
    const scope = { tenantId: 'every tenant', ...(shards === 1 ? {} : { shard: partition }) } as const
    return position <= (await this.#store.head(scope))
  }

  async #readLog(): Promise<string> {
    for (;;) {
      const document = await this.#store.document(tenantId, collection, id)
      const known = isJsonObject(document?.value) ? document.value['log'] : undefined
      if (typeof known === 'string') return known
      const log = randomUUID()
      try {
        const documents = [{ tenantId, collection, id, value: { log }, expected: 0 }]
        await this.#store.commit({ scope: { tenantId }, documents })
        return log
      } catch (error) {
        // Another process has named it at the same moment.
        if (!(error instanceof KeelsonError) || error.code !== 'document_conflict') throw error
      }
    }
  }
}

const taken = (stream: string): KeelsonError =>
  new KeelsonError('transport_taken', `The stream ${stream} at the broker has the events of another log`, {
    stream,
  })
