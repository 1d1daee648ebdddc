import { expect, it } from 'vitest'
import { sampleEvent, sealedEvent } from '../../testing/index.ts'
import { extendStore } from '../lifecycle/extend-store.ts'
import { temporaryFolder } from '../sqlite/fixtures/temporary-store.ts'
import { openSqliteReader } from '../sqlite/offline/row-reader.ts'
import type { LogEvent } from '../types.ts'
import { exportTenant } from './export-tenant.ts'

it('gives what is sealed beside a body as it stands, and in plain text where the store opens it', async () => {
  await using folder = temporaryFolder()
  const store = await folder.open()
  const events: LogEvent[] = [sampleEvent('acme'), sealedEvent('acme', { name: 'Ada' }, { name: 'k-a' })]
  await store.append('acme', [{ stream: 's', expected: 'none', events }])
  const [, stored] = await store.readPositions('acme', [1, 2])
  const disclosures = events[1]?.secrets?.flatMap(one => one.disclosures) ?? []
  const opened = extendStore(store, {
    async *readAll(...given) {
      for await (const event of store.readAll(...given))
        yield {
          ...event,
          envelope: event.envelope,
          hidden: 0,
          disclosures: event.secrets === '' ? [] : disclosures,
        }
    },
  })
  const reader = openSqliteReader({ path: folder.path })
  try {
    const lines = async (from: typeof store | typeof opened) =>
      (await Array.fromAsync(exportTenant(from, reader, 'acme'))).map(line => JSON.parse(line))
    const [, first, second] = await lines(store)
    expect([first, second].map(({ secrets, disclosures: open }) => [secrets, open])).toEqual([
      [undefined, undefined],
      [stored?.secrets, undefined],
    ])
    expect(second.event).toEqual(stored?.envelope)
    const [, , open] = await lines(opened)
    expect(open.disclosures).toEqual(disclosures)
  } finally {
    await reader.close()
  }
})
