import { createIdSource, systemClock } from 'keelson'
import { createFolderSink, openNotary, writeBundle } from 'keelson/notary'
import { caseOptions, giveRun } from '../case-process.ts'
import { tenant } from '../open-store.ts'
import { createSampleWrites } from '../sample-event.ts'
import { logName, openSealedStore } from './open-sealed-store.ts'

/** Fills a sealed log, signs it, and exports all of it as a bundle. The rate is that of the export. */
const { path, events, bundle } = caseOptions<{ path: string; events: number; bundle: string }>()
const { plain, sealed, ring } = await openSealedStore(path)
const writes = createSampleWrites(10_000)
let left = Math.ceil(events / 100)
const caller = async () => {
  while (left > 0) {
    left -= 1
    await sealed.append(tenant, writes(100))
  }
}
const started = performance.now()
await Promise.all(Array.from({ length: 8 }, caller))
const filled = performance.now()
const notary = openNotary(plain, ring, { logName })
await notary.checkpointNow(tenant)
const signed = performance.now()
const sink = await createFolderSink(bundle)
await writeBundle({
  store: sealed,
  notary,
  signer: ring,
  clock: systemClock,
  ids: createIdSource(),
  tenantId: tenant,
  sink,
  withPersonal: true,
  where: 'bench',
})
const exported = performance.now()
const figures = {
  fillPerSecond: (events / (filled - started)) * 1000,
  signPerSecond: (events / (signed - filled)) * 1000,
  peakRssMb: process.resourceUsage().maxRSS / 1024,
}
await notary.close()
await sealed.close()
await ring.close()
giveRun({ perSecond: (events / (exported - signed)) * 1000, figures })
