import type {
  PauseResult,
  ScheduledView,
  SubscriptionDetail,
  SubscriptionItem,
  SubscriptionPage,
} from '../../api/types.ts'
import { block, fact, page } from '../catalog/text-block.ts'
import type { Connection } from '../connection.ts'
import { printable, printableJson } from '../event-line.ts'
import { get, segment, send } from './api.ts'
import { duration, table } from './table.ts'

interface Flags {
  readonly json?: boolean
}

export async function listCommand(connection: Connection, { json }: Flags): Promise<void> {
  const { data } = await get<SubscriptionPage>(connection, '/v1/subscriptions')
  if (json) for (const item of data) process.stdout.write(`${printableJson(item)}\n`)
  else if (data.length === 0) process.stderr.write('There are no subscriptions.\n')
  else
    process.stdout.write(
      table(
        ['NAME', 'KIND', 'STATE', 'LAG', 'BEHIND', 'PER S', 'RETRIES', 'LATER', 'DEAD', 'BREAKER'],
        data.map(toRow),
      ),
    )
}

const toRow = (item: SubscriptionItem): readonly (string | number)[] => [
  item.name,
  item.scope === 'platform' ? `${item.kind} (platform)` : item.kind,
  item.state,
  item.lag.events,
  duration(item.lag.seconds),
  item.throughput.handledPerSecond,
  item.retriesWaiting,
  item.scheduled?.waiting ?? '?',
  item.deadLetters,
  item.breaker,
]

export async function showCommand(connection: Connection, name: string, { json }: Flags): Promise<void> {
  const item = await get<SubscriptionDetail>(connection, `/v1/subscriptions/${segment(name)}`)
  process.stdout.write(json ? `${printableJson(item)}\n` : `${text(item)}\n`)
}

function text(item: SubscriptionDetail): string {
  const { settings, throughput, lag } = item
  const { retry } = settings
  const seconds = (value: number) => duration(value)
  return page([
    `${item.name}  ${item.kind}, ${item.state}`,
    '',
    fact('Lag', `${lag.events} events, ${duration(lag.seconds)}`),
    fact('Handled', `${throughput.handledPerSecond} a second, ${item.handled} in all by this server`),
    fact('Failed', `${throughput.failedPerSecond} a second, ${item.failed} in all by this server`),
    fact('In flight', String(item.inFlight)),
    fact('Retries', `${item.retriesWaiting} waiting`),
    fact('Later', laterText(item.scheduled)),
    fact('Dead letters', String(item.deadLetters)),
    fact('Breaker', item.breaker),
    fact('Owner', item.owner ?? 'nobody'),
    fact('Last error', item.lastError ?? undefined),
    '',
    fact('Types', settings.types?.join(', ')),
    fact('Topics', settings.topics?.join(', ')),
    fact('Filter', settings.filter ?? undefined),
    fact('Concurrency', settings.concurrency?.toString()),
    fact('Timeout', settings.timeoutSeconds === null ? undefined : seconds(settings.timeoutSeconds)),
    fact(
      'Retry',
      retry === null
        ? undefined
        : `${retry.attempts} tries, ${retry.backoff} from ${seconds(retry.initialSeconds)} to ${seconds(retry.maxSeconds)}`,
    ),
    fact('Created', item.createdAt ?? undefined),
    ...block(
      'Partitions',
      item.partitions.map(
        one => `${one.partition}  position ${one.position}, ${one.lag.events} behind, breaker ${one.breaker}`,
      ),
    ),
  ])
}

function laterText(scheduled: ScheduledView | null): string {
  if (scheduled === null) return 'known to the broker alone'
  const { waiting, nextAt } = scheduled
  return nextAt === null ? `${waiting} waiting` : `${waiting} waiting, the first until ${nextAt}`
}

export async function holdCommand(
  connection: Connection,
  verb: 'pause' | 'resume',
  name: string,
  { json }: Flags,
): Promise<void> {
  const result = await send<PauseResult>(connection, `/v1/subscriptions/${segment(name)}/${verb}`, {})
  process.stdout.write(
    json ? `${printableJson(result)}\n` : `${printable(result.name)} is ${result.state}.\n`,
  )
}
