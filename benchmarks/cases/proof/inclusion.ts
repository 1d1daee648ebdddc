import { openNotary } from 'keelson/notary'
import { caseOptions, giveRun } from '../case-process.ts'
import { tenant } from '../open-store.ts'
import { logName, openSealedStore } from './open-sealed-store.ts'

/** Inclusion proofs of entries anywhere in a log, one after the other, from what is stored. */
const { path, events, count } = caseOptions<{ path: string; events: number; count: number }>()
const { plain, ring } = await openSealedStore(path)
const notary = openNotary(plain, ring, { logName })
const times: number[] = []
const started = performance.now()
for (let at = 0; at < count; at += 1) {
  const index = (at * 7919 * 613) % events
  const before = performance.now()
  const path = await notary.inclusion(tenant, index, events)
  times.push(performance.now() - before)
  if (path.length < 10) throw new Error(`A path of ${path.length} hashes`)
}
const seconds = (performance.now() - started) / 1000
times.sort((a, b) => a - b)
const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
await notary.close()
await plain.close()
await ring.close()
giveRun({ perSecond: count / seconds, figures: { p50Ms: at(0.5), p99Ms: at(0.99) } })
