import type { JetStreamManager } from '@nats-io/jetstream'
import type { MsgHdrs, NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node'
import { KeelsonError } from '../../../core/index.ts'
import { parseAddress } from './server-address.ts'
import type { ServerVersion } from './server-version.ts'
import { checkVersion } from './server-version.ts'
import { toTransportError } from './transport-error.ts'

export interface NatsLinkOptions {
  /** Such as `nats://user:secret@host:4222`; several servers of a cluster with commas between. */
  readonly url?: string
  /** A connection of one's own instead; it stays open when the transport closes. */
  readonly connection?: NatsConnection
  /** Whatever else the client is to connect with: credentials, TLS, a prefix of inboxes. */
  readonly connect?: Omit<NodeConnectionOptions, 'servers' | 'port'>
  /** JetStream domain, where the streams are to be in one. */
  readonly domain?: string
}

/** A way to the broker that is open now. */
export interface NatsClient {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly version: ServerVersion
  /** What the subjects of JetStream's own requests begin with. */
  readonly apiPrefix: string
  /** A new subject that nobody else answers to. */
  createInbox(): string
  createHeaders(): WireHeaders
}

/** Headers that are written out already; the client asks for their bytes while a message is published. */
export interface WireHeaders extends MsgHdrs {
  bytes: Uint8Array
}

export interface LinkStatus {
  readonly isConnected: boolean
  /** As the server says it; undefined before the first connection. */
  readonly version: string | undefined
  /** How often the connection was lost and found again. */
  readonly reconnects: number
  /** Why there is no connection, or was none the last time. */
  readonly error: KeelsonError | undefined
}

/** One connection for a whole transport: made when it is first needed, and found again for ever. */
export class NatsLink {
  readonly #options: NatsLinkOptions
  readonly #listeners = new Set<() => void>()
  #client: NatsClient | undefined
  #opening: Promise<NatsClient> | undefined
  #isUp = false
  #isClosed = false
  #reconnects = 0
  #error: KeelsonError | undefined

  constructor(options: NatsLinkOptions) {
    if ((options.url === undefined) === (options.connection === undefined))
      throw new KeelsonError('delivery_options_invalid', 'A NATS transport has a url or a connection')
    if (options.url !== undefined) parseAddress(options.url)
    this.#options = options
  }

  status(): LinkStatus {
    return {
      isConnected: this.#isUp,
      version: this.#client?.connection.info?.version,
      reconnects: this.#reconnects,
      error: this.#error,
    }
  }

  /** @throws KeelsonError `transport_unreachable`, `transport_denied` or `transport_too_old`. */
  async open(): Promise<NatsClient> {
    if (this.#isClosed) throw new KeelsonError('transport_unreachable', 'The transport is closed')
    try {
      const client = this.#client ?? (await this.#connectOnce())
      if (this.#isClosed) throw new KeelsonError('transport_unreachable', 'The transport is closed')
      if (!this.#isUp) throw new KeelsonError('transport_unreachable', 'The connection to the broker is lost')
      const version = checkVersion(client.connection.info?.version ?? '')
      this.#error = undefined
      return { ...client, version }
    } catch (error) {
      this.#error = toTransportError(error, 'to be reached')
      throw this.#error
    }
  }

  /** Tells whenever the connection was lost or found again; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#tell(false)
    if (this.#options.connection !== undefined) return
    // Whether a broker that hangs lets it in is not waited for.
    void this.#opening?.then(({ connection }) => connection.close()).catch(() => undefined)
    await this.#client?.connection.close()
  }

  #connectOnce(): Promise<NatsClient> {
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #connect(): Promise<NatsClient> {
    const { node, jetstream } = await drivers()
    const { connection: given, domain, connect } = this.#options
    class Written extends node.MsgHdrsImpl implements WireHeaders {
      bytes = node.Empty

      override encode(): Uint8Array {
        return this.bytes
      }
    }
    const connection = given ?? (await node.connect(this.#connectOptions()))
    if (connection.isClosed()) throw new KeelsonError('transport_unreachable', 'The connection is closed')
    const manager = await jetstream.jetstreamManager(connection, {
      checkAPI: false,
      ...(domain === undefined ? {} : { domain }),
    })
    const client: NatsClient = {
      connection,
      manager,
      version: [0, 0, 0],
      apiPrefix: manager.getOptions().apiPrefix ?? '$JS.API',
      createInbox: () => node.createInbox(connect?.inboxPrefix),
      createHeaders: () => new Written(),
    }
    this.#client = client
    this.#isUp = true
    void this.#watch(connection)
    return client
  }

  #connectOptions(): NodeConnectionOptions {
    const { url = '', connect } = this.#options
    return {
      name: 'keelson',
      timeout: 5_000,
      reconnectTimeWait: 250,
      // A peer that has gone without a word is noticed in half a minute.
      pingInterval: 10_000,
      ...parseAddress(url),
      ...connect,
      maxReconnectAttempts: -1,
    }
  }

  async #watch(connection: NatsConnection): Promise<void> {
    void connection.closed().then(error => {
      this.#client = undefined
      if (error instanceof Error) this.#error = toTransportError(error, 'to keep the connection')
      this.#tell(false)
    })
    for await (const { type } of connection.status()) {
      if (this.#isClosed) break
      if (type === 'reconnect') this.#reconnects += 1
      if (type === 'disconnect') this.#tell(false)
      else if (type === 'reconnect') this.#tell(true)
    }
  }

  #tell(isUp: boolean): void {
    this.#isUp = isUp
    for (const listener of this.#listeners) listener()
  }
}

/** The packages of the client; they are looked for when a transport is first used. */
async function drivers() {
  try {
    const [node, jetstream] = await Promise.all([
      import('@nats-io/transport-node'),
      import('@nats-io/jetstream'),
    ])
    return { node, jetstream }
  } catch (error) {
    const message = 'The NATS transport needs the packages @nats-io/transport-node and @nats-io/jetstream'
    throw new KeelsonError('transport_unsupported', message, {}, error)
  }
}
