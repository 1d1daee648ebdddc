import { audit, governance, registry, saas, security, tenantLog } from '@keelson/contexts'
import type { TransportTopology } from 'keelson'
import { createMemoryStore } from 'keelson/memory'
import { openStore } from './open-store.ts'
import { openBroker } from './open-transport.ts'
import type { StartOptions, StoreOptions } from './options.ts'
import { transportKind } from './transport-address.ts'

/**
 * Does something with what a transport needs on its broker; undefined where it needs nothing. It depends on the number of
 * shards, which a database knows and a file has one of, and on what is published.
 */
export async function withTopology<Result>(
  store: StoreOptions,
  { transport: address, transportName: name }: Pick<StartOptions, 'transport' | 'transportName'>,
  work: (topology: TransportTopology) => Promise<Result>,
): Promise<Result | undefined> {
  if (transportKind(address) === 'embedded') return undefined
  // A file need not be opened for that, which a running server has open.
  const memory = createMemoryStore()
  const opened =
    store.database === undefined ? { store: memory, close: () => memory.close() } : await openStore(store)
  const contexts = [audit, governance, registry, saas, security, tenantLog]
  try {
    const broker = await openBroker(opened.store, { address, name, serverId: 'topology', contexts })
    if (broker === undefined) return undefined
    try {
      return await work(broker.topology())
    } finally {
      await broker.transport.close()
    }
  } finally {
    await opened.close()
  }
}
