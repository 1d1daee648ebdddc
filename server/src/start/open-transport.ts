import { setTimeout as wait } from 'node:timers/promises'
import type { ContextDefinition, EventStore, Transport, TransportTopology } from 'keelson'
import { KeelsonError } from 'keelson'
import { Relay } from 'keelson/delivery'
import { createEmbeddedTransport } from 'keelson/embedded'
import type { TopicPlan } from 'keelson/service-bus'
import { transportKind } from './transport-address.ts'

export interface TransportOptions {
  /** `embedded`, or the address of a broker, which may hold a secret; default `embedded`. */
  readonly address: string | undefined
  /** What streams, subjects and topics at the broker begin with; each log has its own. Default `keelson`. */
  readonly name?: string | undefined
  /** Names this process to the others that share its subscriptions. */
  readonly serverId: string
  /** What is published, and on which topics. */
  readonly contexts: readonly ContextDefinition[]
  /** Told of what the relay to a broker has to wait for. */
  readonly onRelayError: (error: KeelsonError) => void
}

/** What brings events to handlers, with what takes them to it. */
export interface OpenedTransport {
  /** Of subscriptions made in code. */
  readonly transport: Transport
  /** Reads the log itself: tenants' own subscriptions are served from there, whatever the broker. */
  readonly log: Transport
  /** Takes the log to the broker; undefined where there is none, or where it takes none. */
  readonly relay: Relay | undefined
}

/** Milliseconds in which a broker may say at the start that what it has is another log's. */
const claimWithin = 3_000

/**
 * A broker that is away is waited for later; one that answers is asked whose events it has.
 *
 * @throws KeelsonError `request_invalid` for an address that is none, `transport_taken` where another log has the streams.
 */
export async function openTransport(store: EventStore, options: TransportOptions): Promise<OpenedTransport> {
  const log = createEmbeddedTransport(store, { owner: options.serverId })
  const broker = await openBroker(store, options)
  if (broker === undefined) return { transport: log, log, relay: undefined }
  const { transport } = broker
  await refuseTaken(broker)
  const onError = options.onRelayError
  const relay =
    transport.send === undefined ? undefined : new Relay({ store, source: log, target: transport, onError })
  relay?.start()
  return { transport, log, relay }
}

/** What else is wrong the relay says, again and again, while everything but the broker goes on. */
async function refuseTaken({ transport, claim }: Broker): Promise<void> {
  const late = new AbortController()
  const claimed = claim().catch((error: unknown) => error)
  const pause = wait(claimWithin, undefined, { signal: late.signal }).catch(() => undefined)
  const error = await Promise.race([claimed, pause])
  late.abort()
  if (!(error instanceof KeelsonError) || error.code !== 'transport_taken') return
  await transport.close()
  throw error
}

/** A broker's transport with what it needs there. */
interface Broker {
  readonly transport: Transport
  /** @throws KeelsonError `transport_unsupported` where it cannot be asked for. */
  topology(): TransportTopology
  /** Takes what the broker has for this log. @throws KeelsonError `transport_taken` where that is another's. */
  claim(): Promise<void>
}

/**
 * The topology of the broker that an address names; undefined for the embedded transport, which has none.
 *
 * @throws KeelsonError `request_invalid` for an address that is none.
 */
export const openBroker = (
  store: EventStore,
  options: Omit<TransportOptions, 'onRelayError'>,
): Promise<Broker | undefined> => {
  const { address } = options
  const kind = transportKind(address)
  if (kind === 'embedded' || address === undefined) return Promise.resolve(undefined)
  return kind === 'nats' ? openNats(store, address, options) : openServiceBus(store, address, options)
}

/** Each broker's driver is loaded where it is needed only. */
async function openNats(
  store: EventStore,
  url: string,
  { name, serverId, contexts }: Pick<TransportOptions, 'name' | 'serverId' | 'contexts'>,
): Promise<Broker> {
  const { createNatsTransport } = await import('keelson/nats')
  const topics = new Map(contexts.flatMap(({ events }) => events.map(({ type, topic }) => [type, topic])))
  const topicOf = (type: string) => topics.get(type)
  const stream = name === undefined ? {} : { name, subject: name }
  const transport = createNatsTransport(store, { url, stream, owner: serverId, topicOf })
  return { transport, topology: () => transport.topology, claim: () => transport.claim() }
}

/** A connection string is what both of the vendor's clients take; the administration's makes what is missing. */
async function openServiceBus(
  store: EventStore,
  connectionString: string,
  { name, serverId, contexts }: Pick<TransportOptions, 'name' | 'serverId' | 'contexts'>,
): Promise<Broker> {
  const [{ ServiceBusAdministrationClient }, { createServiceBusTransport }] = await Promise.all([
    import('@azure/service-bus'),
    import('keelson/service-bus'),
  ])
  refuseIncomplete(connectionString)
  // The emulator answers no administration: what it has is in its own settings.
  const isEmulator = /UseDevelopmentEmulator=true/i.test(connectionString)
  try {
    const transport = createServiceBusTransport(store, {
      connectionString,
      topics: topicsOf(contexts),
      owner: serverId,
      ...(name === undefined ? {} : { topicPrefix: `${name}.` }),
      ...(isEmulator ? {} : { administration: new ServiceBusAdministrationClient(connectionString) }),
    })
    return { transport, topology: () => transport.topology([]), claim: () => transport.claim() }
  } catch (error) {
    if (error instanceof KeelsonError) throw error
    // The vendor's own message may repeat the string, and with it a key.
    throw incomplete()
  }
}

/** Said at the start: the vendor's clients would find out with the first event. */
function refuseIncomplete(connectionString: string): void {
  const isWhole =
    /Endpoint=sb:\/\/[^/;\s]+/i.test(connectionString) &&
    (/SharedAccessSignature=[^;]+/i.test(connectionString) ||
      (/SharedAccessKeyName=[^;]+/i.test(connectionString) &&
        /SharedAccessKey=[^;]+/i.test(connectionString)))
  if (!isWhole) throw incomplete()
}

const incomplete = (): KeelsonError =>
  new KeelsonError(
    'request_invalid',
    'The connection string of the Service Bus is incomplete: Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…',
  )

/** The types of each topic, those among them that are published on several; and the topics that have none yet. */
function topicsOf(contexts: readonly ContextDefinition[]): readonly TopicPlan[] {
  const types = new Map<string, string[]>()
  for (const { name } of contexts.flatMap(({ topics = [] }) => topics)) types.set(name, [])
  for (const { type, topic, alsoOn = [] } of contexts.flatMap(({ events }) => events))
    for (const name of [topic, ...alsoOn]) types.set(name, [...(types.get(name) ?? []), type])
  return [...types].map(([name, of]) => ({ name, types: of }))
}
