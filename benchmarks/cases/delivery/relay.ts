import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { EventStore } from 'keelson'
import { Relay } from 'keelson/delivery'
import { createEmbeddedTransport } from 'keelson/embedded'
import { createNatsTransport } from 'keelson/nats'
import { caseOptions, giveRun } from '../case-process.ts'
import type { Place } from '../open-store.ts'
import { openStore, tenant } from '../open-store.ts'
import { createSampleWrites } from '../sample-event.ts'

export interface RelayCaseOptions extends Place {
  /** Of a NATS server. */
  readonly server: string
  readonly events: number
  /** `js.publish` is a loop over the log with up to so many unanswered, and a checkpoint for each page. */
  readonly by: 'keelson' | 'js.publish'
}

const { server, events, by, ...place } = caseOptions<RelayCaseOptions>()
const store = await openStore(place)
const writes = createSampleWrites(1000)
for (let at = 0; at < events; at += 100) await store.append(tenant, writes(100))
const run = by === 'keelson' ? withRelay : withPublish
const started = performance.now()
await run(store)
giveRun({ perSecond: events / ((performance.now() - started) / 1000) })

async function withRelay(log: EventStore): Promise<void> {
  const target = createNatsTransport(log, { url: server })
  const relay = new Relay({ store: log, source: createEmbeddedTransport(log), target })
  relay.start()
  for (;;) {
    const { partitions } = await relay.status()
    if (partitions.every(({ sent }) => sent >= events)) return
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

async function withPublish(log: EventStore): Promise<void> {
  const connection = await connect({ servers: server })
  await (await jetstreamManager(connection)).streams.add({ name: 'own', subjects: ['own.>'] })
  const client = jetstream(connection)
  const scope = { tenantId: 'every tenant' } as const
  const window = 512
  let from = 0
  for await (const page of log.tail(scope)) {
    for (let at = 0; at < page.length; at += window)
      await Promise.all(
        page
          .slice(at, at + window)
          .map(({ eventType, body, eventId }) =>
            client.publish(`own.${eventType}`, body, { msgID: eventId }),
          ),
      )
    const to = page.at(-1)?.position ?? from
    await log.commit({ scope, checkpoint: { name: 'own', from, to } })
    from = to
    if (to >= events) return
  }
}
