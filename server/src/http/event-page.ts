import type { EventStore, Platform, RecordedEvent } from 'keelson'
import type { View } from '../api/event-item.ts'
import type { EventItem } from '../api/types.ts'
import { toAcceptedItem } from './accepted.ts'

/** Characters of event bodies after which a page with payloads ends, having given at least one event. */
const pageSize = 8 * 1024 * 1024
const chunk = 25

/** Gathers the items of a page, which ends early where its events are very large; the next page goes on from there. */
export class PageBuilder {
  readonly items: EventItem[] = []
  readonly #limit: number
  readonly #view: View
  readonly #platform: Platform
  readonly #accepts: readonly string[]
  #size = 0
  #last: RecordedEvent | undefined

  constructor(limit: number, view: View, platform: Platform, accepts: readonly string[]) {
    this.#limit = limit
    this.#view = view
    this.#platform = platform
    this.#accepts = accepts
  }

  get isFull(): boolean {
    return this.items.length >= this.#limit || this.#size >= pageSize
  }

  get last(): RecordedEvent | undefined {
    return this.#last
  }

  add(event: RecordedEvent): void {
    this.items.push(toAcceptedItem(event, this.#view, this.#platform, this.#accepts))
    if (this.#view === 'full') this.#size += event.body.length
    this.#last = event
  }
}

/**
 * Fills a page with the events at these positions, a few at a time. Gives the last position that it has come to: an
 * event whose content was removed since it was found is passed over.
 */
export async function fillPage(
  page: PageBuilder,
  store: EventStore,
  tenantId: string,
  positions: readonly number[],
): Promise<number | undefined> {
  let last: number | undefined
  for (let start = 0; start < positions.length && !page.isFull; start += chunk) {
    const asked = positions.slice(start, start + chunk)
    for (const event of await store.readPositions(tenantId, asked)) {
      if (page.isFull) return last
      last = event.position
      if (event.bodyState !== 'removed') page.add(event)
    }
    if (!page.isFull) last = asked.at(-1)
  }
  return last
}
