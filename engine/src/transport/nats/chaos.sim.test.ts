import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { Progress, randomOf } from '../../../test-support/chaos.ts'
import type { EventStore } from '../../store/index.ts'
import { temporaryFolder } from '../../store/sqlite/fixtures/temporary-store.ts'
import { sampleEvent } from '../../testing/index.ts'
import { deadLetterCollection, readDeadLetter } from '../index.ts'
import { NatsLink } from './connection/nats-link.ts'
import type { ChaosSubscription } from './fixtures/chaos-plan.ts'
import { chaosKeys, chaosSubscriptions, chaosType, isAbout, isHopeless } from './fixtures/chaos-plan.ts'
import type { CuttingProxy } from './fixtures/cutting-proxy.ts'
import { cuttingProxy } from './fixtures/cutting-proxy.ts'
import { eventually } from './fixtures/eventually.ts'
import type { TemporaryNats } from './fixtures/nats-server.ts'
import { lacksNats, temporaryNats } from './fixtures/nats-server.ts'
import { placeOfMessage } from './message/wire-event.ts'
import { findMessage } from './stream/stream-access.ts'

/** Also run with 100,000, and then with blows for minutes. */
const usual = 2_000
const count = Number(process.env['KEELSON_CHAOS_EVENTS'] ?? usual)
const seed = Number(process.env['KEELSON_CHAOS_SEED'] ?? Date.now() % 1_000_000)
/** After these it is let go on undisturbed. */
const mostBlows = 10 + count / 500
/** Until it is done, in milliseconds. */
const patience = 60_000 + count * 30

const scope = { tenantId: 'acme' } as const
const names = Object.keys(chaosSubscriptions) as ChaosSubscription[]
const all = Array.from({ length: count }, (_, index) => index)
const children = new Set<ChildProcess>()

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

function launch(path: string, url: string): void {
  const file = join(import.meta.dirname, 'fixtures', 'chaos-child.ts')
  const child = spawn(process.execPath, ['--no-warnings', file, path, url, 'CHAOS'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  children.add(child)
}

async function publish(store: EventStore): Promise<void> {
  for (let at = 0; at < count; at += chaosKeys) {
    const writes = all.slice(at, at + chaosKeys).map(index => ({
      stream: `s-${index % chaosKeys}`,
      expected: 'any' as const,
      events: [sampleEvent('acme', { eventType: chaosType(index), payload: { index } })],
    }))
    await store.append('acme', writes)
    await setTimeout(2)
  }
}

/** One process, the broker or the connections are hit at a time. */
async function strike(
  random: () => number,
  { broker, proxy, path }: { broker: TemporaryNats; proxy: CuttingProxy; path: string },
): Promise<string> {
  const at = random()
  if (at < 0.35) {
    proxy.cut()
    return 'connections cut'
  }
  if (at < 0.65) {
    await broker.kill()
    const isWiped = random() < 0.25
    if (isWiped) broker.wipe()
    await broker.start()
    return isWiped ? 'broker killed, and its files gone' : 'broker killed'
  }
  const victim = [...children][Math.floor(random() * children.size)] as ChildProcess
  const exit = once(victim, 'exit')
  victim.kill('SIGKILL')
  await exit
  children.delete(victim)
  launch(path, proxy.url)
  return 'process killed'
}

const wanted = (name: ChaosSubscription) => all.filter(isAbout[name])

async function effectsOf(store: EventStore, name: ChaosSubscription): Promise<number[]> {
  const sql = 'SELECT number FROM effect WHERE subscription = ? ORDER BY rowid'
  return (await store.query(scope, sql, [name])).map(([number]) => Number(number))
}

async function effectCounts(store: EventStore): Promise<string> {
  const rows = await store.query(scope, 'SELECT subscription, count(*) FROM effect GROUP BY 1', [])
  return rows.map(row => row.join(' ')).join(', ')
}

const toText = (blows: readonly string[]): string =>
  `${blows.length} blows: ${[...Map.groupBy(blows, blow => blow)].map(([blow, { length }]) => `${blow} ${length}`).join(', ')}`

async function lettersOf(store: EventStore, name: ChaosSubscription): Promise<number[]> {
  const found: number[] = []
  for (let after: string | undefined; ; ) {
    const query = { limit: 1_000, ...(after === undefined ? {} : { after }) }
    const page = await store.documents(scope, deadLetterCollection(name), query)
    for (const document of page) found.push((readDeadLetter(name, document)?.position ?? 0) - 1)
    after = page.at(-1)?.id
    if (page.length < 1_000) return found
  }
}

async function isDone(store: EventStore): Promise<boolean> {
  for (const name of names) {
    const sql = 'SELECT count(*) FROM effect WHERE subscription = ?'
    const [row] = await store.query(scope, sql, [name])
    const own = wanted(name)
    if (Number(row?.[0]) < own.filter(index => !isHopeless(index)).length) return false
    if ((await lettersOf(store, name)).length < own.filter(isHopeless).length) return false
  }
  return true
}

async function newestPosition(url: string): Promise<number | undefined> {
  const link = new NatsLink({ url })
  const message = await findMessage((await link.open()).manager, 'CHAOS_0', { last_by_subj: 'CHAOS.0.>' })
  await link.close()
  return message && placeOfMessage({ headers: message.header })?.position
}

/** Positions in the order of the stream. */
async function streamPositions(url: string): Promise<number[]> {
  const link = new NatsLink({ url })
  const { manager } = await link.open()
  const { state } = await manager.streams.info('CHAOS_0')
  const positions: number[] = []
  for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq += 1) {
    const message = await findMessage(manager, 'CHAOS_0', { seq })
    positions.push((message && placeOfMessage({ headers: message.header }))?.position ?? 0)
  }
  await link.close()
  return positions
}

describe.skipIf(lacksNats)(`processes, connections and a broker that fail at random, seed ${seed}`, () => {
  it(
    `bring ${count} events to each subscription`,
    async () => {
      const random = randomOf(seed)
      const progress = new Progress(count > usual)
      await using folder = temporaryFolder()
      await using broker = await temporaryNats()
      await using proxy = await cuttingProxy(broker.port)
      const store = await folder.open()
      await store.define([
        'CREATE TABLE IF NOT EXISTS effect (subscription TEXT NOT NULL, number INTEGER NOT NULL) STRICT',
      ])
      for (let at = 0; at < 2; at += 1) launch(folder.path, proxy.url)
      const published = publish(store)
      const blows: string[] = []
      for (const end = Date.now() + patience; !(await isDone(store)) && Date.now() < end; ) {
        await setTimeout(200 + random() * 900)
        const counts = await effectCounts(store)
        progress.say(() => `${counts}; ${toText(blows)}`)
        if (blows.length < mostBlows) blows.push(await strike(random, { broker, proxy, path: folder.path }))
      }
      await published
      console.log(toText(blows))
      for (const name of names) await expectAll(store, name)
      // Whatever it has lost it is given again.
      await eventually(() => newestPosition(broker.url)).toBe(count)
      const positions = await streamPositions(broker.url)
      expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b))
      progress.end(() => `${count} events; ${toText(blows)}; in the stream ${positions.length}`)
    },
    patience + 60_000,
  )
})

async function expectAll(store: EventStore, name: ChaosSubscription): Promise<void> {
  const effects = await effectsOf(store, name)
  expect(new Set(effects).size, `${name}: effects, each once`).toBe(effects.length)
  const own = wanted(name)
  expect(
    effects.toSorted((a, b) => a - b),
    `${name}: effects`,
  ).toEqual(own.filter(index => !isHopeless(index)))
  for (const ofKey of Map.groupBy(effects, index => index % chaosKeys).values())
    expect(ofKey, `${name}: order of a key`).toEqual(ofKey.toSorted((a, b) => a - b))
  expect(await lettersOf(store, name), `${name}: dead letters`).toEqual(own.filter(isHopeless))
}
