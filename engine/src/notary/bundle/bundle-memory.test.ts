import { tmpdir } from 'node:os'
import { Writable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { BundleLogFixture } from './fixtures/bundle-log.ts'
import { createTarSink } from './tar-sink.ts'

const megabyte = 1024 * 1024
const events = 50_000

/** Heap and buffers in use after everything that can be freed is freed, in bytes. */
function memory(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

it('takes no more memory for a long log than for a short one', async () => {
  await using folder = temporaryFolder()
  const log = await BundleLogFixture.open(await folder.open({ durability: 'relaxed' }))
  await log.fill(events, at => (at % 10 === 0 ? `person-${at % 100}` : undefined))
  // What the test's own notary keeps of the tree is no part of it.
  await log.notary.checkpointNow()
  const before = memory()
  let [most, bytes] = [0, 0]
  const out = new Writable({
    write(chunk: Buffer, _, done) {
      bytes += chunk.length
      setImmediate(done)
    },
  })
  const { summary } = await log.export({
    sink: createTarSink(out, { folder: tmpdir() }),
    onProgress({ done }) {
      if (done % 20_000 === 0) most = Math.max(most, memory())
    },
  })
  expect(summary).toMatchObject({ size: events, unexplained: 0 })
  expect(bytes).toBeGreaterThan(summary.bytes)
  expect((most - before) / megabyte).toBeLessThan(60)
  expect((memory() - before) / megabyte).toBeLessThan(60)
}, 120_000)
