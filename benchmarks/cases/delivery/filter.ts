import { messageOf, parseFilter } from '../../../engine/src/transport/index.ts'
import { caseOptions, giveRun } from '../case-process.ts'
import { repeat } from '../catalog/repeat.ts'
import { events } from '../catalog/sample.ts'

/**
 * Whether an event passes a filter of ten terms, all of which are asked: texts, numbers, a list, a range, patterns and
 * paths into the payload. The filter is read once; `isMade` also makes the message of each event while the clock runs.
 */
const { seconds, isMade } = caseOptions<{ seconds: number; isMade: boolean }>()
const filter = parseFilter(
  [
    "eventType = 'ShipmentBooked'",
    "[cs-tenant-id] IN ('contoso', 'fabrikam')",
    "sys.CorrelationId LIKE 'corr-%'",
    "aggregateType <> 'Order'",
    'causationId IS NOT NULL',
    "payload.service = 'express'",
    'payload.weight > 10',
    'payload.weight * 2 BETWEEN 10 AND 100',
    "payload.trackingCode LIKE 'RR%DE'",
    "NOT metadata.user = 'usr-0'",
  ].join(' AND '),
)
const given = events(512).map((event, at) => ({
  ...event,
  payload: { ...event.payload, weight: 11 + (at % 20) },
}))
const messages = given.map(event => messageOf(event))
let matched = 0
const run = repeat(seconds, at => {
  const place = at % given.length
  const message = isMade ? messageOf(given[place] as (typeof given)[0]) : messages[place]
  if (filter.matches(message as (typeof messages)[0])) matched += 1
})
if (matched === 0) throw new Error('Nothing matched')
giveRun(run)
