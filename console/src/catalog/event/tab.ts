export const TABS = ['overview', 'examples', 'versions', 'schema'] as const
export type Tab = (typeof TABS)[number]

export interface EventTypeSearch {
  readonly tab?: Tab
  /** The versions that are compared. */
  readonly from?: string
  readonly to?: string
}

/** The state of an event type's page, which is its URL; the overview is the tab without a mention. */
export function readEventTypeSearch(raw: Record<string, unknown>): EventTypeSearch {
  const tab = TABS.find(name => name === raw.tab)
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  const [from, to] = [text(raw.from), text(raw.to)]
  return {
    ...(tab && tab !== 'overview' && { tab }),
    ...(from && { from }),
    ...(to && { to }),
  }
}
