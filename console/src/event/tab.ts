export const TABS = ['payload', 'envelope', 'stream', 'integrity'] as const
export type Tab = (typeof TABS)[number]

/** The open tab, kept in the URL; the payload is the one without a mention. */
export function readEventTab(raw: Record<string, unknown>): { tab?: Tab } {
  const tab = TABS.find(name => name === raw.tab)
  return tab && tab !== 'payload' ? { tab } : {}
}
