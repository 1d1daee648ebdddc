/** How a subscription is made in code. */
export const LIBRARY_LESSON = `platform.deliver({
  name: 'billing',
  types: ['SubscriptionActivated'],
  handle: async event => {
    await book(event.payload)
  },
})`

interface Place {
  readonly origin: string
  /** Named only by keys that are no tenant's own. */
  readonly tenant?: string | undefined
}

function call({ origin, tenant }: Place, path: string, body: string): string {
  const lines = [
    `curl ${origin}/v1/subscriptions${path}`,
    `  -H "authorization: Bearer $KEELSON_API_KEY"`,
    ...(tenant === undefined ? [] : [`  -H 'keelson-tenant: ${tenant}'`]),
    `  -H 'content-type: application/json'`,
    `  -d '${body}'`,
  ]
  return lines.join(' \\\n')
}

/** How one is made over HTTP, by any language. */
export const makeLesson = (place: Place): string =>
  call(place, '', '{"name": "billing", "types": ["SubscriptionActivated"], "start": "now"}')

export const pullLesson = (place: Place, name = 'billing'): string =>
  call(place, `/${encodeURIComponent(name)}/pull`, '{"max": 10, "waitSeconds": 20}')

export const settleLesson = (place: Place, name = 'billing'): string =>
  call(
    place,
    `/${encodeURIComponent(name)}/settle`,
    '{"done": ["TOKEN"], "failed": [{"token": "TOKEN", "error": "No such account"}]}',
  )
