import type { Page } from '../../api/types.ts'

interface Answer<Item> {
  readonly data: readonly Item[]
  readonly page: Page
}

const largestPage = 500

/** The first `limit` items of a list that is read in pages, and whether there are more. */
export async function readAll<Item>(
  ask: (query: URLSearchParams) => Promise<Answer<Item>>,
  limit: number,
): Promise<{ readonly items: readonly Item[]; readonly hasMore: boolean }> {
  const items: Item[] = []
  const query = new URLSearchParams()
  for (;;) {
    query.set('limit', String(Math.min(largestPage, limit - items.length)))
    const { data, page } = await ask(query)
    items.push(...data)
    if (page.nextCursor === null || items.length >= limit) return { items, hasMore: page.nextCursor !== null }
    query.set('cursor', page.nextCursor)
  }
}
