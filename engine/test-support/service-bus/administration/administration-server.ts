import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { BrokerFault } from '../fault.ts'
import type { Namespace } from '../namespace.ts'
import type { Answer } from './resources.ts'
import { answerFor } from './resources.ts'
import { escapeXml } from './xml.ts'

export interface AdministrationServer {
  readonly port: number
  /** Refuses every request while it is set. */
  isDenied: boolean
  close(): Promise<void>
}

/** The administration of a namespace over HTTP, as far as topics, subscriptions and rules go. */
export async function startAdministration(namespace: Namespace): Promise<AdministrationServer> {
  const own = { isDenied: false }
  const server = createServer(async (request, response) => {
    const { status, body } = own.isDenied ? denied : await answer(namespace, request)
    response.writeHead(status, { 'content-type': 'application/atom+xml;charset=utf-8' }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(own, {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

const denied: Answer = { status: 401, body: '<Error><Code>401</Code><Detail>Unauthorized.</Detail></Error>' }

const statusOf: Readonly<Record<string, number>> = {
  'amqp:not-found': 404,
  'com.microsoft:entity-already-exists': 409,
}

async function answer(namespace: Namespace, request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const { method = 'GET' } = request
  const body = await text(request)
  const isUpdate = request.headers['if-match'] === '*'
  try {
    return answerFor(namespace, {
      method,
      path: decodeURIComponent(pathname.slice(1)),
      body,
      isUpdate,
      skip: Number(searchParams.get('$skip') ?? 0),
    })
  } catch (error) {
    const status = error instanceof BrokerFault ? (statusOf[error.condition] ?? 400) : 500
    const detail = error instanceof Error ? error.message : String(error)
    return { status, body: `<Error><Code>${status}</Code><Detail>${escapeXml(detail)}</Detail></Error>` }
  }
}
