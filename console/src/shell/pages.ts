/** What stands in the navigation, and the permission without which its page is refused. */
export const PAGES = [
  { to: '/events', label: 'Events', needs: 'events:read' },
  { to: '/catalog', label: 'Catalogue', needs: 'events:read' },
  { to: '/subscriptions', label: 'Subscriptions', needs: 'subscriptions:read' },
  { to: '/dead-letters', label: 'Dead letters', needs: 'dead-letters:read' },
  { to: '/replays', label: 'Replays', needs: 'subscriptions:read' },
  { to: '/integrity', label: 'Integrity', needs: 'log:read' },
  { to: '/erasure', label: 'Erasure', needs: 'removal:manage' },
] as const

export type Page = (typeof PAGES)[number]

/** The pages that a key may see. */
export const pagesFor = (permissions: readonly string[]): readonly Page[] =>
  PAGES.filter(({ needs }) => permissions.includes(needs))
