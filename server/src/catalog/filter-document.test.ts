import type { CatalogDocument } from 'keelson'
import { toCatalogDocument } from 'keelson'
import { describe, expect, it } from 'vitest'
import { builtInCatalog, builtInContexts } from './built-in.ts'
import type { CatalogFilter } from './filter-document.ts'
import { filterDocument } from './filter-document.ts'

const document = toCatalogDocument(builtInCatalog(), { contexts: builtInContexts })
const filtered = (filter: CatalogFilter): CatalogDocument => filterDocument(document, filter)
const types = (part: CatalogDocument) => part.events.map(event => event.type)

describe('a part of the catalogue', () => {
  it('is the whole where nothing is asked', () => {
    expect(filtered({})).toEqual(document)
  })

  it('is found by words of any case and order, in any of its texts', () => {
    expect(types(filtered({ q: 'EDITION subscriptionactivated' }))).toEqual(['SubscriptionActivated'])
    expect(types(filtered({ q: 'identityProvider' }))).toContain('UserActivated')
    expect(types(filtered({ q: 'Subscription & Billing' }))).toContain('SubscriptionActivated')
    expect(filtered({ q: 'users:write' }).commands.map(command => command.type)).toContain('InviteUser')
    expect(types(filtered({ q: 'edition no-such-word' }))).toEqual([])
  })

  it('has an event on each of its topics', () => {
    const [event] = document.events.filter(({ alsoOn }) => alsoOn.length > 0)
    expect(event).toBeDefined()
    for (const topic of [event?.topic ?? '', ...(event?.alsoOn ?? [])]) {
      const part = filtered({ topic })
      expect(types(part)).toContain(event?.type)
      expect(part.topics.map(one => one.name)).toEqual([topic])
    }
  })

  it('has the commands that lead to its events where events are asked for', () => {
    const { commands, events } = filtered({ topic: 'subscription-events' })
    const left = new Set(events.map(event => event.type))
    expect(commands.length).toBeGreaterThan(0)
    for (const command of commands) expect(command.emits.some(type => left.has(type))).toBe(true)
  })

  it("is the tenant's own where that is asked, without anything of the platform's", () => {
    const [first] = document.events
    const own = { ...(first as (typeof document.events)[number]), type: 'OwnType', scope: 'tenant' as const }
    const part = filterDocument({ ...document, events: [...document.events, own] }, { isOwn: true })
    expect([types(part), part.commands, part.topics]).toEqual([['OwnType'], [], []])
  })
})
