import { temporaryNats, versionOf } from '../../engine/src/transport/nats/fixtures/nats-server.ts'
import { runCase } from '../cases/case-process.ts'
import type { PostgresServer } from '../store/postgres-server.ts'
import { onFreshFile } from '../store/sqlite-cases.ts'
import type { BenchOptions, PlannedCase } from '../turns.ts'

export const natsNames = {
  relay: 'nats, relay of a log to JetStream',
  publish: 'nats, js.publish of a log to JetStream',
  consume: 'nats, ordered consume, 1,000 keys',
  latency: 'nats, PostgreSQL, publish to handler, 2,000 events/s',
} as const

/** The version of the program that is run; undefined where there is none. */
export const natsVersion = (): string | undefined => versionOf('nats-server')

/** JetStream as it comes (file storage, not fsynced for each message), each run on a server of its own. */
export function natsCases({ folder, seconds }: BenchOptions, postgres: PostgresServer): PlannedCase[] {
  const onServer = (name: string, run: (server: string) => ReturnType<typeof runCase>): PlannedCase => ({
    name,
    run: async () => {
      await using server = await temporaryNats()
      return await run(server.url)
    },
  })
  const onFile = (name: string, script: string, options: object) =>
    onServer(name, server => onFreshFile(folder, `cases/delivery/${script}.ts`, { server, ...options }))
  return [
    onFile(natsNames.relay, 'relay', { events: 30_000, by: 'keelson' }),
    onFile(natsNames.publish, 'relay', { events: 30_000, by: 'js.publish' }),
    onFile(natsNames.consume, 'consume', { events: 30_000, concurrency: 100 }),
    onServer(natsNames.latency, async server => {
      const url = await postgres.create()
      try {
        return await runCase('cases/delivery/latency.ts', {
          url,
          server,
          seconds,
          rate: 2_000,
          subscriptions: 1,
        })
      } finally {
        await postgres.drop(url)
      }
    }),
  ]
}
