import type { DeliveryOptions, EventStore, Transport } from 'keelson'
import { DeliverySubscription } from 'keelson'
import { Relay } from 'keelson/delivery'
import { createEmbeddedTransport } from 'keelson/embedded'
import { createNatsTransport } from 'keelson/nats'

export interface Subscribed {
  readonly transport: Transport
  readonly subscriptions: readonly DeliverySubscription[]
  close(): Promise<void>
}

/** Starts so many subscriptions in this process; where a NATS server is named, on it, with a relay beside them. */
export function subscribe(
  store: EventStore,
  count: number,
  options: Pick<DeliveryOptions, 'handle'> & Partial<DeliveryOptions>,
  server?: string,
): Subscribed {
  const source = createEmbeddedTransport(store)
  const transport = server === undefined ? source : createNatsTransport(store, { url: server })
  const relay = server === undefined ? undefined : new Relay({ store, source, target: transport })
  relay?.start()
  const subscriptions = Array.from({ length: count }, (_, at) => {
    const onError = (error: unknown) => console.error(error)
    const subscription = new DeliverySubscription(transport, { name: `s-${at}`, onError, ...options })
    subscription.start()
    return subscription
  })
  return {
    transport,
    subscriptions,
    close: async () => {
      await Promise.all(subscriptions.map(subscription => subscription.close()))
      await relay?.close()
      await transport.close()
    },
  }
}

/** Resolves when each owns its partition. */
export async function untilOwned({ subscriptions }: Subscribed): Promise<void> {
  for (const subscription of subscriptions)
    while (!(await subscription.status()).partitions.some(({ isOwner }) => isOwner))
      await new Promise(resolve => setTimeout(resolve, 20))
}

/** Seconds of processor time that this process has used. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

export const residentMb = (): number => process.memoryUsage.rss() / 2 ** 20
