import type { FastifyInstance } from 'fastify'
import type { RelayStatus } from 'keelson/delivery'
import type { Reading, SettledCounts } from '../../delivery/index.ts'
import { plain } from '../route-schemas.ts'
import type { ServerContext } from '../server-context.ts'

/** Milliseconds for which an answer serves the next ones too: whoever asks without end costs no more. */
const keptFor = 2_000

interface Metric {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  /** Undefined where it is not known. */
  readonly value: (reading: Reading) => number | undefined
  /** How those of tenants become one figure, so that no name of a tenant is told. */
  readonly together: 'sum' | 'max' | keyof SettledCounts
  /** Whether the figure is not known of those of tenants that are not pulled here: no figure is better than 0 then. */
  readonly isOfPulled?: true
}

const metrics: readonly Metric[] = [
  {
    name: 'lag_events',
    type: 'gauge',
    help: 'Positions between the newest event and what is done.',
    value: ({ lag }) => lag.events,
    together: 'sum',
    isOfPulled: true,
  },
  {
    name: 'lag_seconds',
    type: 'gauge',
    help: 'Age of the oldest event that is not done.',
    value: ({ lag }) => lag.seconds,
    together: 'max',
    isOfPulled: true,
  },
  {
    name: 'retries_waiting',
    type: 'gauge',
    help: 'Events that wait for another try, counted up to 1,000 a partition.',
    value: ({ retriesWaiting }) => retriesWaiting,
    together: 'sum',
    isOfPulled: true,
  },
  {
    name: 'dead_letters',
    type: 'gauge',
    help: 'Dead letters, counted up to 1,000 a partition.',
    value: ({ deadLetters }) => deadLetters,
    together: 'sum',
    isOfPulled: true,
  },
  {
    name: 'scheduled_waiting',
    type: 'gauge',
    help: 'Events that are kept until their deliverAt, counted up to 1,000 a partition.',
    value: ({ scheduled }) => scheduled?.waiting,
    together: 'sum',
    isOfPulled: true,
  },
  {
    name: 'in_flight',
    type: 'gauge',
    help: 'Events with handlers or consumers of this process.',
    value: ({ inFlight }) => inFlight,
    together: 'sum',
  },
  {
    name: 'breaker_open',
    type: 'gauge',
    help: 'Whether the breaker holds events back; of tenants, how many do.',
    value: ({ breaker }) => (breaker === 'closed' ? 0 : 1),
    together: 'sum',
    isOfPulled: true,
  },
  {
    name: 'handled_total',
    type: 'counter',
    help: 'Events that were handled in this process.',
    value: ({ handled }) => handled,
    together: 'handled',
  },
  {
    name: 'failed_total',
    type: 'counter',
    help: 'Tries that failed in this process.',
    value: ({ failed }) => failed,
    together: 'failed',
  },
]

/** Figures in the text format of Prometheus. Those of tenants are told together: their names are nobody's business. */
export function metricsRoute(app: FastifyInstance, { subscriptions }: ServerContext): void {
  let kept: { readonly until: number; readonly text: Promise<string> } | undefined
  const read = async () => {
    const readings = await subscriptions.readings()
    const { counts } = subscriptions.pulled
    const relay = (await subscriptions.relay())?.partitions ?? []
    return toText({ ...readings, counts, relay, transport: subscriptions.transport.name })
  }
  app.get(
    '/metrics',
    { config: { permission: 'open' }, schema: plain('metrics', 'health', 'Figures for monitoring', true) },
    async (_, reply) => {
      const now = performance.now()
      if (kept === undefined || now > kept.until) kept = { until: now + keptFor, text: read() }
      return reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(await kept.text)
    },
  )
}

interface Figures {
  readonly platform: ReadonlyMap<string, Reading>
  readonly pulled: readonly Reading[]
  /** Of all that was ever pulled here: what runs no more has left the readings, and a counter never falls. */
  readonly counts: SettledCounts
  readonly transport: string
  readonly relay: RelayStatus['partitions']
}

function toText({ platform, pulled, counts, transport, relay }: Figures): string {
  const lines = [
    '# HELP keelson_transport What brings events to subscriptions.',
    '# TYPE keelson_transport gauge',
    `keelson_transport{name="${quoted(transport)}"} 1`,
    '# HELP keelson_subscriptions_pulled Subscriptions of tenants that are pulled from this process.',
    '# TYPE keelson_subscriptions_pulled gauge',
    `keelson_subscriptions_pulled ${pulled.length}`,
  ]
  for (const { name, type, help, value, together, isOfPulled } of metrics) {
    const full = `keelson_subscription_${name}`
    const about = isOfPulled ? `${help} Of tenants: those that are pulled from this process.` : help
    lines.push(`# HELP ${full} ${about}`, `# TYPE ${full} ${type}`)
    for (const [subscription, reading] of platform) {
      const figure = value(reading)
      if (figure !== undefined)
        lines.push(`${full}{subscription="${quoted(subscription)}",scope="platform"} ${figure}`)
    }
    if (isOfPulled && pulled.length === 0) continue
    const all = pulled.map(value).filter(one => one !== undefined)
    const figure =
      together === 'sum'
        ? all.reduce((sum, one) => sum + one, 0)
        : together === 'max'
          ? Math.max(0, ...all)
          : counts[together]
    lines.push(`${full}{subscription="",scope="tenants"} ${figure}`)
  }
  return `${[...lines, ...relayLines(relay)].join('\n')}\n`
}

/** Nothing where there is no broker. */
function relayLines(partitions: RelayStatus['partitions']): readonly string[] {
  if (partitions.length === 0) return []
  const of = (name: string, help: string, value: (one: RelayStatus['partitions'][number]) => number) => [
    `# HELP keelson_relay_${name} ${help}`,
    `# TYPE keelson_relay_${name} gauge`,
    ...partitions.map(one => `keelson_relay_${name}{partition="${one.partition}"} ${value(one)}`),
  ]
  return [
    ...of('backlog_events', 'Events that are not on the broker yet.', ({ backlog }) => backlog.events),
    ...of('backlog_seconds', 'Age of the oldest of them.', ({ backlog }) => backlog.seconds),
    ...of('leader', 'Whether this process takes them there.', ({ isLeader }) => (isLeader ? 1 : 0)),
    ...of('failures', 'Tries that failed in a row.', ({ failures }) => failures),
    ...of('set_aside', 'Events that the broker will never take.', ({ setAside }) => setAside),
  ]
}

const quoted = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
