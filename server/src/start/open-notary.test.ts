import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { saas, tenantLog } from '@keelson/contexts'
import { createIdSource, createPlatform } from 'keelson'
import { createMemoryStore } from 'keelson/memory'
import { openSealed } from 'keelson/notary'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { subscription } from '../http/fixtures/events.ts'
import { openKeys } from './open-keys.ts'
import { startNotary } from './open-notary.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'keelson-notary-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

/** A tenant's log whose clock stands still, so that nothing is signed but what is asked for. */
async function setUp() {
  const clock = { now: () => Date.parse('2026-11-21T12:00:00Z') }
  const ids = createIdSource(clock)
  const masked = createMemoryStore()
  const ring = await openKeys(masked, { dataDir })
  const platform = await createPlatform({
    store: openSealed(masked, ring),
    contexts: [saas, tenantLog],
    clock,
    ids,
  })
  const onAlarm = () => undefined
  const options = { dataDir }
  const opened = startNotary({ platform, masked, ring, archive: undefined, clock, ids, options, onAlarm })
  return {
    ...opened.services,
    publish: (eventId: string, user: string) =>
      platform.publish('acme', subscription(eventId, { eventId, metadata: { user } })),
    async [Symbol.asyncDispose]() {
      await opened.close()
      await platform.close()
      await ring.close()
    },
  }
}

describe('a check that somebody has asked for', () => {
  it('finds the record of what was removed a moment ago behind the newest signed head', async () => {
    await using server = await setUp()
    const { notary, removals, checks } = server
    await server.publish('one', 'ada@example.com')
    await server.publish('two', 'ben@example.com')
    await notary.checkpointNow('acme')
    const { id } = await removals.requestErasure('acme', {
      subject: 'ada@example.com',
      basis: 'gdpr-17-1-b',
      request: 'ticket 7',
    })
    await expect.poll(async () => (await removals.erasure('acme', id)).status).toBe('completed')
    expect(await notary.status('acme')).toMatchObject({ size: 2, pending: 1 })
    const { check } = await checks.start('acme')
    await expect.poll(async () => (await checks.find('acme', check.id))?.state).toBe('done')
    expect(await checks.find('acme', check.id)).toMatchObject({ isSound: true, reason: null, size: 3 })
    expect((await notary.status('acme')).lastCheck).toMatchObject({ isSound: true, size: 3 })
  })
})
