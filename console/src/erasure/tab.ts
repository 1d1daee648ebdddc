export const ERASURE_TABS = ['subject', 'erasures', 'holds', 'approvers', 'retention'] as const
export type ErasureTab = (typeof ERASURE_TABS)[number]

/** The open tab, kept in the URL; the first is the one without a mention. Who is looked for is never in it. */
export function readErasureTab(raw: Record<string, unknown>): { tab?: ErasureTab } {
  const tab = ERASURE_TABS.find(name => name === raw['tab'])
  return tab && tab !== 'subject' ? { tab } : {}
}
