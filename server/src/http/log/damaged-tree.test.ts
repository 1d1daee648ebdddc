import type { JsonObject, JsonValue } from 'keelson'
import { parseCheckpoint, parseNote } from 'keelson/proof'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestServer } from '../../start/fixtures/test-server.ts'
import { startTestServer } from '../../start/fixtures/test-server.ts'
import { subscription } from '../fixtures/events.ts'

let test: TestServer
let admin: string
beforeAll(async () => {
  test = await startTestServer()
  admin = test.keys.acme.admin
})
afterAll(() => test.stop())

describe('a log whose tree is damaged', () => {
  /** The document of the collection, changed or taken away until the asking is done. */
  async function whileChanged(
    collection: string,
    change: (value: JsonObject) => JsonObject | undefined,
    ask: () => Promise<void>,
  ): Promise<void> {
    const { store } = test.server.platform
    const tenantId = 'acme'
    const [found] = await store.documents({ tenantId }, collection, { limit: 1 })
    const { id, value } = found as NonNullable<typeof found>
    const put = (next: JsonValue | undefined) =>
      store.commit({
        scope: { tenantId },
        documents: [{ tenantId, collection, id, ...(next === undefined ? {} : { value: next }) }],
      })
    await put(change(value as JsonObject))
    await ask().finally(() => put(value))
  }

  it('serves nothing of what is not as it was signed, says what that is, and lets nobody keep the answer', async () => {
    for (const eventId of ['evt-0', 'other-1', 'other-2'])
      await test.call('/v1/events', {
        key: test.keys.acme.writer,
        body: subscription(eventId, { eventId }),
      })
    const head = await test.call('/v1/log/checkpoints', { key: admin, method: 'POST' })
    const { size } = parseCheckpoint(parseNote(head.text).text)
    const paths = [
      `/v1/log/tile/0/000.p/${size}`,
      '/v1/log/tile/entries/000.p/1',
      '/v1/log/proofs/inclusion?index=0',
      '/v1/log/proofs/consistency?from=1',
      '/v1/events/evt-0/proof',
      '/v1/log/bundle',
    ]
    const forge = ({ rows, ...tree }: JsonObject) => ({
      ...tree,
      rows: (rows as string[]).map(row => (row === '' ? '' : `AAAA${row.slice(4)}`)),
    })
    await whileChanged('log-tree', forge, async () => {
      for (const path of paths) {
        const { status, headers, body } = await test.call(path, { key: admin })
        expect([path, status, headers.get('cache-control'), body]).toMatchObject([
          path,
          500,
          'no-store',
          {
            code: 'log_damaged',
            detail: `The tree of the log is not the one that was signed at ${size} leaves`,
            remedy: expect.stringContaining('keelson doctor'),
          },
        ])
      }
      expect((await test.call(`/v1/log/tile/0/000.p/${size + 1}`, { key: admin })).status).toBe(404)
    })
    for (const change of [() => undefined, () => ({})])
      await whileChanged('log-checkpoint', change, async () => {
        for (const path of ['/v1/log/checkpoint', ...paths.slice(0, 5)])
          expect([path, (await test.call(path, { key: admin })).body]).toMatchObject([
            path,
            { code: 'log_damaged' },
          ])
      })
    for (const path of paths)
      expect([path, (await test.call(path, { key: admin })).status]).toEqual([path, 200])
  })
})
