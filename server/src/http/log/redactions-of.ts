import type { RecordedEvent } from 'keelson'
import { commitBody } from 'keelson/proof'
import type { ServerContext } from '../server-context.ts'

/** Redactions that are looked through at a time. */
const pageSize = 1_000

/** Ids of the records of what was taken out of an event, the first one first. They are looked for only where the leaf commits to another body. */
export async function redactionsOf(
  { notary: { removals } }: ServerContext,
  event: RecordedEvent,
): Promise<readonly string[]> {
  if (event.bodyState !== 'present' || isAsRecorded(event)) return []
  const found: { readonly n: number; readonly eventId: string }[] = []
  let after: { readonly after?: string } = {}
  for (;;) {
    const page = await removals.redactions(event.tenantId, { limit: pageSize, ...after })
    for (const { eventId, receipt } of page) if (eventId === event.eventId && receipt) found.push(receipt)
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) break
    after = { after: last.id }
  }
  return found.sort((a, b) => a.n - b.n).map(({ eventId }) => eventId)
}

function isAsRecorded({ leaf, body, blind }: RecordedEvent): boolean {
  const recorded = JSON.parse(leaf) as { readonly body?: string }
  return commitBody(body, Buffer.from(blind, 'base64url')) === recorded.body
}
