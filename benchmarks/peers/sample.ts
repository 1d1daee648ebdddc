/** What Keelson's events carry, as a peer takes it: about 560 bytes beside the type and the ids that a store adds. */
export const data = {
  tenantId: 'contoso',
  projectId: 'proj-contoso-saas',
  occurredAt: '2026-06-11T09:02:00Z',
  subscriptionId: 'sub-4f7c',
  editionCode: 'enterprise',
  billingCycle: 'Annual',
  currentPeriodEnd: '2027-06-11T00:00:00Z',
  user: 'usr-4711',
  ip: '203.0.113.7',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
  note: 'n'.repeat(220),
}

/** What a peer logs, and rejects outside of any promise, must not end up among the figures or end the case. */
export function silence(): void {
  console.log = console.info = console.warn = console.error = () => undefined
  process.on('uncaughtException', () => undefined)
  process.on('unhandledRejection', () => undefined)
}
