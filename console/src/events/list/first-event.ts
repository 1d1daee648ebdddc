export interface FirstEventOptions {
  readonly origin: string
  /** Set for a key that acts for several tenants, and so must name the one. */
  readonly tenant: string | undefined
}

const DEFAULT_ORIGIN = 'http://127.0.0.1:4680'

/** The command that imports an export of GitHub's audit log into this server. */
export function ingestCommand({ origin, tenant }: FirstEventOptions): string {
  const url = origin === DEFAULT_ORIGIN ? '' : ` --url ${origin}`
  return `npx keelson ingest${url}${tenant ? ` --tenant ${tenant}` : ''} --format github FILE`
}

/** The command that records one event on this server. The key stays out of it: it comes from the environment. */
export function firstEventCurl({ origin, tenant }: FirstEventOptions, at: Date): string {
  const event = {
    eventType: 'SubscriptionActivated',
    occurredAt: at.toISOString(),
    payload: { subscriptionId: 'sub-1', editionCode: 'team' },
  }
  const members = Object.entries(event).map(([name, value]) => `"${name}":${JSON.stringify(value)}`)
  const lines = [
    `curl ${origin}/v1/events`,
    `  -H "Authorization: Bearer $KEELSON_API_KEY"`,
    ...(tenant ? [`  -H 'Keelson-Tenant: ${tenant}'`] : []),
    `  -H 'Content-Type: application/json'`,
    `  -d '{${members.join(',\n       ')}}'`,
  ]
  return lines.join(' \\\n')
}
