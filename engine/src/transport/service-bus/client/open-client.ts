import type { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus'
import { KeelsonError } from '../../../core/index.ts'

/** How to reach the namespace: a client that stays the caller's, or what one is made from. */
export interface BusAddress {
  readonly client: ServiceBusClient | undefined
  readonly connectionString: string | undefined
}

export interface OpenClient {
  readonly client: ServiceBusClient
  close(): Promise<void>
}

/** Milliseconds. A call that fails is tried again by whoever called, too. */
const retryOptions = { maxRetries: 2, retryDelayInMs: 500, maxRetryDelayInMs: 5_000, timeoutInMs: 10_000 }

/** A connection for one sender or receiver: what it holds is free when it is closed. */
export async function openClient({ client, connectionString }: BusAddress): Promise<OpenClient> {
  if (client !== undefined) return { client, close: async () => undefined }
  const { ServiceBusClient: Client } = await load()
  const own = new Client(connectionString ?? '', { retryOptions })
  return { client: own, close: () => own.close() }
}

/** @throws KeelsonError `transport_unsupported` where the library is not installed. */
async function load(): Promise<typeof import('@azure/service-bus')> {
  try {
    return await import('@azure/service-bus')
  } catch (error) {
    const message = 'This transport needs the package @azure/service-bus, which is not installed'
    throw new KeelsonError('transport_unsupported', message, {}, error)
  }
}

export type Administration = ServiceBusAdministrationClient
