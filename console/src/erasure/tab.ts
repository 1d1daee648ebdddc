export const ERASURE_TABS = ['subject', 'erasures', 'redactions', 'holds', 'approvers', 'retention'] as const
export type ErasureTab = (typeof ERASURE_TABS)[number]

export interface ErasureSearch {
  readonly tab?: ErasureTab
  /** The one of the list that a link leads to. */
  readonly id?: string
}

/** The open tab, kept in the URL; the first is the one without a mention. Who is looked for is never in it. */
export function readErasureTab(raw: Record<string, unknown>): ErasureSearch {
  const tab = ERASURE_TABS.find(name => name === raw['tab'])
  const id = raw['id']
  return {
    ...(tab && tab !== 'subject' && { tab }),
    ...(tab === 'holds' && typeof id === 'string' && /^[\w.-]{1,128}$/.test(id) && { id }),
  }
}
