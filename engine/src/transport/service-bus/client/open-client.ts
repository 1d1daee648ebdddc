import type { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus'
import { KeelsonError } from '../../../core/index.ts'
import { systemAlarm } from '../../alarm.ts'

/** How to reach the namespace: a client that stays the caller's, or what one is made from. */
export interface BusAddress {
  readonly client: ServiceBusClient | undefined
  readonly connectionString: string | undefined
}

/** How to reach it, and in how many milliseconds it answers. */
export interface Reach {
  readonly address: BusAddress
  readonly patience: number
}

export interface OpenClient {
  readonly client: ServiceBusClient
  /**
   * Milliseconds after which a session that was asked for has come or been refused, or the line is broken: the library itself
   * waits for a minute then. Undefined for a caller's client, which has times of its own.
   */
  readonly answersWithin: number | undefined
  close(): Promise<void>
}

/** Milliseconds. A call that fails is tried again by whoever called, too. */
const retryOptions = { maxRetries: 2, retryDelayInMs: 500, maxRetryDelayInMs: 5_000 }

/** A connection for one sender or receiver: what it holds is free when it is closed. */
export async function openClient({ address, patience }: Reach): Promise<OpenClient> {
  const { client, connectionString } = address
  if (client !== undefined) return { client, answersWithin: undefined, close: async () => undefined }
  const { ServiceBusClient: Client } = await load()
  const own = new Client(connectionString ?? '', {
    retryOptions: { ...retryOptions, timeoutInMs: patience },
  })
  return { client: own, answersWithin: patience * 1.5, close: () => closeClient(own, patience) }
}

/** Over a line that is broken the library may wait for a minute: it ends by itself then, and nobody needs to see it. */
async function closeClient(client: ServiceBusClient, patience: number): Promise<void> {
  const over = new AbortController()
  const closing = client.close().finally(() => over.abort())
  await Promise.race([closing, systemAlarm.wait(patience, over.signal)])
  closing.catch(() => undefined)
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
