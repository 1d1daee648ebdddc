import { embeddedCases, embeddedNames } from './delivery/embedded-cases.ts'
import { natsCases, natsNames, natsVersion } from './delivery/nats-cases.ts'
import { bullmqCases, peerNames, pgBossCases } from './delivery/peer-cases.ts'
import { installPeers, peerVersions } from './peers.ts'
import type { BenchReport } from './report.ts'
import { machine, versions } from './report.ts'
import { openPostgresServer } from './store/postgres-server.ts'
import type { BenchOptions } from './turns.ts'
import { bestOf, ratiosOf, takeTurns } from './turns.ts'

/** What delivery costs on the embedded transport and on NATS, beside BullMQ, pg-boss and `js.publish`. */
export async function deliveryBench(options: BenchOptions): Promise<BenchReport> {
  installPeers()
  const server = await openPostgresServer(options.folder, options.database)
  try {
    const plan = [
      ...embeddedCases(options),
      ...bullmqCases(options),
      ...pgBossCases(server),
      ...natsCases(options, server),
    ]
    const cases = await takeTurns(plan, options)
    return {
      bench: 'delivery',
      durability: `keelson: WAL, flushed with fdatasync after each commit (progress of subscriptions without effects is not); BullMQ: Redis with its append-only file fsynced every second; pg-boss: PostgreSQL, ${server.settings}; JetStream: file storage as it comes, not fsynced for each message`,
      machine: machine(),
      versions: versions({
        postgres: server.version,
        'nats-server': natsVersion() ?? 'not there',
        ...peerVersions('bullmq', 'ioredis', 'pg-boss'),
      }),
      cases,
      ratios: ratiosOf({
        'publish/bullmq': [bestOf(cases, embeddedNames.publish), bestOf(cases, peerNames.bullmqAdd)],
        'handle/bullmq': [bestOf(cases, embeddedNames.handle), bestOf(cases, peerNames.bullmqHandle)],
        'handle/pg-boss': [bestOf(cases, embeddedNames.handle), bestOf(cases, peerNames.pgBossHandle)],
        'handle/pg-boss, 2,000 in hand': [
          bestOf(cases, embeddedNames.handle),
          bestOf(cases, peerNames.pgBossMany),
        ],
        'relay/js.publish': [bestOf(cases, natsNames.relay), bestOf(cases, natsNames.publish)],
      }),
      notes,
    }
  } finally {
    await server.close()
  }
}

const notes = [
  'Publishing makes, validates, seals and fsyncs each event; `add` and pg-boss take ready-made data of the same content. Three subscriptions have run on the log before; they run meanwhile where the case says so.',
  'Handling counts calls of handlers: with three subscriptions each event is three calls, eventsPerSecond says how many events that is. The log is full when the clock begins, after a warm-up by one subscription on the same log. The base is the best of the cases of a peer, of pg-boss with as many jobs in hand as we have handlers, and once more with twenty times as many; in BullMQ a queue has one group of workers, so its three queues hold three jobs for each event.',
  'Handlers do nothing; where they are to be exactly once each writes a row that commits with its delivery, and the rows are counted.',
  'Latency is open-loop: events are published at an even rate, whether those before are through or not, and the time of the fsync is in it. p50 and p99 are medians of the runs.',
  'corePercent is processor time of the whole process, in percent of one core; perSecond means nothing there.',
  'A log goes to JetStream from a SQLite file that is full when the clock begins; `js.publish` sends the same bodies with the same message ids, 512 at a time, and keeps a checkpoint for each page. Ordered consume begins with a full stream and checks the order of each key.',
  'Beside a flood the handler takes five milliseconds and 20 run at a time; times of the calm tenant count from when its event is stored.',
]
