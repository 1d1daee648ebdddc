import { openSqliteStore } from 'keelson/sqlite'
import { sampleEvent } from 'keelson/testing'

/** A process that appends what it is asked for, one append at a time, until it is killed. */
export interface WriteRequest {
  readonly events: number
  readonly text: number
}

const store = await openSqliteStore({ path: process.argv[2] as string })
let asked = 0
process.on('message', async ({ events, text }: WriteRequest) => {
  asked += 1
  const tenantId = asked % 3 === 0 ? 'globex' : 'acme'
  const list = Array.from({ length: events }, () =>
    sampleEvent(tenantId, { payload: { text: 'x'.repeat(text) } }),
  )
  const receipts = await store.append(tenantId, [{ stream: `s-${asked % 4}`, expected: 'any', events: list }])
  process.send?.({ position: receipts.at(-1)?.position })
})
process.send?.({ position: 0 })
