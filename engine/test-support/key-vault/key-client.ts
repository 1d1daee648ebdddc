import { Agent } from 'node:https'
import { KeyClient } from '@azure/keyvault-keys'
import type { KeyVaultStandIn } from './stand-in.ts'

/** The vendor's own client on the stand-in; only where its name leads to, and whom it trusts, is set. */
export function keyClientFor(vault: KeyVaultStandIn): { readonly client: KeyClient; close(): void } {
  const agent = new Agent({
    ca: vault.ca,
    keepAlive: true,
    lookup: (_host, options, callback) => {
      if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
      else callback(null, '127.0.0.1', 4)
    },
  })
  const credential = {
    getToken: async () => ({ token: vault.token, expiresOnTimestamp: Date.now() + 60 * 60 * 1000 }),
  }
  const client = new KeyClient(vault.url, credential, {
    retryOptions: { maxRetries: 1, retryDelayInMs: 1, maxRetryDelayInMs: 1 },
    additionalPolicies: [
      {
        position: 'perRetry',
        policy: {
          name: 'ownAgent',
          sendRequest(request, next) {
            request.agent = agent
            return next(request)
          },
        },
      },
    ],
  })
  return { client, close: () => agent.destroy() }
}
