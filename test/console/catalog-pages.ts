import type { EventDetailDocument, EventDocument } from '@keelson/server/api'
import type { Locator, Page } from 'playwright-core'

/** Two later versions of a type: one that only adds a field, and one that asks for it. */
export function withVersions(detail: EventDetailDocument): EventDetailDocument {
  const [first] = detail.versions
  if (!first) throw new Error('There is no version')
  const { description: _, ...second } = first.document
  const document = { ...second, required: ['subscriptionId', 'editionCode', 'billingCycle'] }
  const change = { pointer: '/required', instancePath: '', keyword: 'required', isBreaking: true } as const
  const message = '`/billingCycle` became required'
  return {
    ...detail,
    versions: [first, { ...first, version: '1.1', document: second }, { ...first, version: '1.2', document }],
    comparisons: [
      { from: '1.0', to: '1.1', verdict: 'compatible', differences: [] },
      {
        from: '1.1',
        to: '1.2',
        verdict: 'incompatible',
        differences: [{ ...change, change: 'narrowed', message }],
        counterExample: {
          value: { subscriptionId: 'sub-of-the-counter-example' },
          faults: [{ pointer: '/billingCycle', message: 'is missing' }],
        },
      },
    ],
  }
}

/** The links of the catalogue's list. */
export const listRows = (page: Page, shown = 'events'): Locator =>
  page.getByRole('region', { name: `List of ${shown}` }).locator('li a')

export const listNames = (page: Page): Promise<string[]> =>
  listRows(page).evaluateAll(links => links.map(link => link.firstElementChild?.textContent ?? ''))

export const listStatus = (page: Page): Locator =>
  page.getByRole('region', { name: /^List of/ }).getByRole('status')

export const heading = (page: Page, name: string): Locator => page.getByRole('heading', { level: 1, name })

export const types = (events: readonly EventDocument[]): string[] => events.map(({ type }) => type).sort()
