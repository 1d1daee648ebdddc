import { completeEvent, createCatalog, createIdSource } from 'keelson'
import { caseOptions, giveRun } from '../case-process.ts'
import { repeat } from './repeat.ts'
import { events, ShipmentBooked } from './sample.ts'

/** What `publish` does before it stores: the envelope is checked and completed, the payload validated. */
const { seconds } = caseOptions<{ seconds: number }>()
const catalog = createCatalog([ShipmentBooked])
const completion = { tenantId: 'contoso', ids: createIdSource(), now: Date.now(), source: 'bench' }
const given = events(512)
let admitted = 0
const run = repeat(seconds, at => {
  const event = catalog.admit(completeEvent(given[at % given.length] as never, completion), false)
  if (event.topic === 'shipments') admitted += 1
})
if (admitted === 0) throw new Error('Nothing was admitted')
giveRun(run)
