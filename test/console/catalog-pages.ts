import type { EventDocument } from '@keelson/server/api'
import type { Locator, Page } from 'playwright-core'
import { callApi } from '../process/keelson.ts'

const versions = [
  { required: ['pizza'], properties: { pizza: { type: 'string' } } },
  { required: ['pizza'], properties: { pizza: { type: 'string' }, oven: { type: 'string' } } },
  { required: ['pizza', 'oven'], properties: { pizza: { type: 'string' }, oven: { type: 'string' } } },
]
const event = { topic: 'oven', summary: 'A pizza is ready.', producer: 'Kitchen', orderingKey: '/pizza' }

/** Registers a type of the tenant's own in three versions: the second adds a field, the third asks for it. */
export async function registerPizzaBaked(url: string, key: string): Promise<void> {
  for (const [at, schema] of versions.entries()) {
    const first = at === 0 ? { event, compatibility: 'none' } : {}
    const body = { schema: { type: 'object', ...schema }, ...first }
    const answer = await callApi(url, '/v1/schemas/PizzaBaked', { key, method: 'POST', body })
    if (answer.status !== 201) throw new Error(`PizzaBaked was answered ${JSON.stringify(answer)}`)
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
