import type { ServiceBusAdministrationClient } from '@azure/service-bus'

/** Leads the vendor's administration client, which speaks TLS alone, to a server without it. */
export function plainHttp(
  client: ServiceBusAdministrationClient,
  port: number,
): ServiceBusAdministrationClient {
  client.pipeline.addPolicy({
    name: 'plain-http',
    sendRequest: (request, next) => {
      const url = new URL(request.url.replace(/^https:/, 'http:'))
      url.host = `127.0.0.1:${port}`
      request.url = url.toString()
      request.allowInsecureConnection = true
      return next(request)
    },
  })
  return client
}
