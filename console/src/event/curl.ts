/** A command that fetches the event. The key is not in it: it comes from the environment. */
export function eventCurl(origin: string, eventId: string, tenant: string | null): string {
  const lines = [
    `curl '${origin}/v1/events/${encodeURIComponent(eventId)}'`,
    `  -H "Authorization: Bearer $KEELSON_API_KEY"`,
    ...(tenant ? [`  -H 'Keelson-Tenant: ${tenant.replaceAll("'", "'\\''")}'`] : []),
  ]
  return lines.join(' \\\n')
}
