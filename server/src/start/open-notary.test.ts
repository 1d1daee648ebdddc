import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { audit, saas, tenantLog } from '@keelson/contexts'
import type { EventStore, JsonObject } from 'keelson'
import { createIdSource, createPlatform } from 'keelson'
import { createMemoryStore } from 'keelson/memory'
import { openSealed } from 'keelson/notary'
import { openSqliteStore } from 'keelson/sqlite'
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
async function setUp(masked: EventStore = createMemoryStore(), day = 21) {
  const clock = { now: () => Date.parse(`2026-11-${day}T12:00:00Z`) }
  const ids = createIdSource(clock)
  const ring = await openKeys(masked, { dataDir })
  const platform = await createPlatform({
    store: openSealed(masked, ring),
    contexts: [saas, { ...audit, projections: [] }, tenantLog],
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

describe('the check that is due', () => {
  type Tamper = (value: JsonObject) => JsonObject | undefined
  it.each<[string, string, Tamper, string | undefined, number[]]>([
    ['a tile is gone', 'log-tile', () => undefined, undefined, [0, 20]],
    ['a key cannot be opened', 'data-key', value => ({ ...value, wrapped: 'v1:AAAA' }), 'key_ring_wrong', []],
  ])('publishes what was altered where %s', async (_, collection, change, code, found) => {
    const open = () => openSqliteStore({ path: join(dataDir, 'keelson.db'), durability: 'relaxed' })
    {
      await using server = await setUp(await open())
      for (let at = 0; at < 260; at += 1) await server.publish(`evt-${at}`, 'usr-1')
      await server.notary.checkpointNow('acme')
    }
    const masked = await open()
    for (const { id, value } of await masked.documents({ tenantId: 'acme' }, collection)) {
      const next = change(value as JsonObject)
      const document = { tenantId: 'acme', collection, id, ...(next === undefined ? {} : { value: next }) }
      await masked.commit({ scope: { tenantId: 'acme' }, documents: [document] })
    }
    for await (const { position, sequence, body, blind } of masked.readAll({ tenantId: 'acme' }))
      if (sequence === 20) {
        const redactions = [{ tenantId: 'acme', position, body: body.replace('evt-20', 'evt-2x'), blind }]
        await masked.commit({ scope: { tenantId: 'acme' }, redactions })
      }
    await using server = await setUp(masked, 30)
    await expect
      .poll(async () => (await server.notary.status('acme')).lastCheck?.isSound, { timeout: 20_000 })
      .toBe(false)
    const payloads: JsonObject[] = []
    const filter = { types: ['HashChainValidationFailed'] }
    for await (const { envelope } of masked.readAll({ tenantId: 'acme' }, { filter }))
      payloads.push(envelope.payload as JsonObject)
    expect(payloads).toMatchObject([{ checkId: expect.stringMatching(/^[0-9A-Z]{26}$/) }])
    expect(payloads[0]?.['code']).toBe(code)
    const failures = payloads[0]?.['failures'] as readonly JsonObject[]
    expect(failures.flatMap(({ leafIndex }) => leafIndex ?? []).sort()).toEqual(found)
  })
})
