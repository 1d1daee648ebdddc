import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import type { Connection, Container, EventContext, SenderOptions, ServerConnectionOptions } from 'rhea'
import rhea from 'rhea'
import type { Alarm } from '../../src/transport/index.ts'
import { systemAlarm } from '../../src/transport/index.ts'
import type { AdministrationServer } from './administration/administration-server.ts'
import { startAdministration } from './administration/administration-server.ts'
import { ClientConnection } from './amqp/connection.ts'
import { largestMessage } from './amqp/incoming-link.ts'
import { BrokerFault } from './fault.ts'
import { Namespace } from './namespace.ts'

export interface StandInOptions {
  /** Decides when locks, messages and schedules run out; default the system's. */
  readonly alarm?: Alarm
  /** Whether sessions are free as soon as their line is cut, instead of when their locks run out; default false. */
  readonly releasesOnDisconnect?: boolean
}

/** A namespace that listens on a port of this machine, and what a test may do to it. */
export interface StandIn {
  readonly namespace: Namespace
  readonly port: number
  readonly administration: AdministrationServer
  /** For the clients; the key is not looked at. */
  readonly connectionString: string
  /** Cuts every connection without a word. */
  disconnect(): void
  /** Cuts every connection and refuses new ones until `restore`. */
  breakDown(): Promise<void>
  restore(): Promise<void>
  /** Refuses every token while it is set. */
  deniesTokens: boolean
  /** Leaves every token without an answer while it is set. */
  ignoresTokens: boolean
  /** Tokens that were left without an answer. */
  readonly ignored: number
  close(): Promise<void>
}

export const connectionStringFor = (port: number): string =>
  `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=key;SharedAccessKey=c2VjcmV0LW9mLXRlc3Rz;UseDevelopmentEmulator=true;`

export async function startStandIn({
  alarm = systemAlarm,
  releasesOnDisconnect = false,
}: StandInOptions = {}): Promise<StandIn> {
  const namespace = new Namespace(alarm)
  const sockets = new Set<Socket>()
  const clients = new Set<ClientConnection>()
  const standIn = { deniesTokens: false, ignoresTokens: false, ignored: 0 }
  const container = rhea.create_container({})
  // What becomes of a connection is seen by its socket.
  for (const event of ['error', 'disconnected', 'protocol_error']) container.on(event, () => undefined)
  const tools = {
    namespace,
    releasesOnDisconnect,
    ignoresToken: () => {
      if (standIn.ignoresTokens) standIn.ignored += 1
      return standIn.ignoresTokens
    },
    checkToken: (audience: string) => {
      if (standIn.deniesTokens)
        throw new BrokerFault('amqp:unauthorized-access', `Unauthorized access to '${audience}'.`)
    },
  }
  namespace.onChange = () => {
    for (const client of clients) client.pump()
  }
  namespace.onSessionLost = holder => {
    for (const client of clients) client.loseSession(holder)
  }
  container.on('connection_open', ({ connection }: EventContext) => {
    const client: ClientConnection = new ClientConnection(connection, tools, () => clients.delete(client))
    clients.add(client)
  })
  const listen = async (port: number) => {
    const server = createServer(socket => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      accept(container, socket)
    }).listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  let server = await listen(0)
  const { port } = server.address() as AddressInfo
  const administration = await startAdministration(namespace)
  const disconnect = () => {
    for (const socket of sockets) socket.destroy()
  }
  const breakDown = async () => {
    const closed = once(server, 'close')
    server.close()
    disconnect()
    await closed
  }
  return Object.assign(standIn, {
    namespace,
    port,
    administration,
    connectionString: connectionStringFor(port),
    disconnect,
    breakDown,
    restore: async () => {
      server = await listen(port)
    },
    close: async () => {
      namespace.close()
      await administration.close()
      if (server.listening) await breakDown()
    },
  })
}

/** Hands a socket to rhea, as its own listener would. */
function accept(container: Container, socket: Socket): void {
  // An idle time-out of 0 and handlers of our own: a client that is gone is seen by its socket.
  const options: ServerConnectionOptions & { host: string; port: number } = {
    host: '127.0.0.1',
    port: 0,
    max_frame_size: 65_536,
    sender_options: senderOptions,
    receiver_options: { autoaccept: false, max_message_size: largestMessage },
  }
  const connection = container.create_connection(options) as Connection & { accept(socket: Socket): void }
  connection.accept(socket)
}

/** A changed delivery is told apart from a released one: that is how a message is deferred. */
const senderOptions: SenderOptions & { treat_modified_as_released: boolean } = {
  treat_modified_as_released: false,
}
