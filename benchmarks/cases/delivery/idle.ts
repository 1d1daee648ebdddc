import { setTimeout as sleep } from 'node:timers/promises'
import { caseOptions, giveRun } from '../case-process.ts'
import type { Place } from '../open-store.ts'
import { openStore, tenant } from '../open-store.ts'
import { createSampleWrites } from '../sample-event.ts'
import { processorSeconds, residentMb, subscribe, untilOwned } from './subscribe.ts'

export interface IdleOptions extends Place {
  readonly subscriptions: number
  readonly seconds: number
}

/** What subscriptions cost while nothing comes: at least three renewals of their ownership are in it. */
const { subscriptions, seconds, ...place } = caseOptions<IdleOptions>()
const store = await openStore(place)
await store.append(tenant, createSampleWrites(1)(1))
const before = residentMb()
const begun = performance.now()
const subscribed = subscribe(store, subscriptions, { handle: () => undefined })
await untilOwned(subscribed)
const startSeconds = (performance.now() - begun) / 1000
await sleep(3000)
const [used, started] = [processorSeconds(), performance.now()]
await sleep(Math.max(seconds, 30) * 1000)
const corePercent = ((processorSeconds() - used) * 100) / ((performance.now() - started) / 1000)
const rssMb = residentMb()
await subscribed.close()
await store.close()
giveRun({ perSecond: 0, figures: { corePercent, startSeconds, rssMb, rssGrowthMb: rssMb - before } })
