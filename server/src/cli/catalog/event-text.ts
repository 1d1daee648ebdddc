import type { EventDocument } from 'keelson'
import { fieldRows, groupOf, idempotencyMeaning } from 'keelson'
import { block, exampleBlock, fact, fieldBlock, page, personalBlock } from './text-block.ts'

/** What the catalogue knows of an event, for the terminal. */
export function eventText(event: EventDocument): string {
  return page([
    `${event.type} ${event.version}`,
    event.summary,
    '',
    fact('kind', event.kind),
    fact('context', groupOf(event)),
    fact('topics', [event.topic, ...event.alsoOn].join(', ')),
    fact('producer', event.producer),
    fact('consumers', event.consumers.join(', ')),
    fact('aggregate', event.aggregate),
    fact('ordering key', event.orderingKey),
    fact('idempotency key', event.idempotencyKey ?? '{eventId}'),
    fact(' ', idempotencyMeaning.replaceAll('`', '')),
    ...delivery(event),
    ...deprecation(event),
    fact('written by', event.isReserved ? 'Keelson alone' : undefined),
    fact('versions', event.versions.map(one => one.version).join(', ')),
    fact('schema', event.schemaHash),
    ...fieldBlock(fieldRows(event.schema, event.personal)),
    ...block('Rules', event.rules),
    ...personalBlock(event.personal),
    ...block('Monitoring', monitoring(event)),
    ...exampleBlock(event.examples),
  ])
}

/** What readers derive is neither stored nor handed to anybody, whatever its definition says for such events. */
function delivery({ retention, retry, deadLetter, isDerived }: EventDocument): (string | undefined)[] {
  if (isDerived) return [fact('derived', 'from the log by its readers: neither published nor stored')]
  return [
    fact('retention', retention && `${retention.period}: ${retention.basis}`),
    fact('retry', retry && `${retry.attempts} attempts, ${retry.backoff} from ${retry.initialDelay} ms`),
    fact('dead letters', deadLetter && `kept ${deadLetter.keepFor}, alert ${deadLetter.alert}`),
  ]
}

function deprecation({ deprecated }: EventDocument): (string | undefined)[] {
  if (deprecated === undefined) return []
  const { since, sunset, successor, reason } = deprecated
  return [
    fact('deprecated', `since ${since}${sunset === undefined ? '' : `, ends on ${sunset}`}`),
    fact('in its place', successor),
    fact('because', reason),
  ]
}

function monitoring({ monitoring: hints }: EventDocument): string[] {
  const { metrics = [], alerts = [] } = hints ?? {}
  return [...metrics.map(metric => `watch: ${metric}`), ...alerts.map(alert => `alert: ${alert}`)]
}
