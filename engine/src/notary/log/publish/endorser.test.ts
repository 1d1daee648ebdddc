import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  hasQuorum,
  parseNote,
  parsePolicy,
  parseTlogProof,
  parseVerifierKey,
  witnessesOf,
} from '../../../proof/index.ts'
import type { EventStore } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { openWitness } from '../../witness/witness.ts'
import { witnessHandler } from '../../witness/witness-handler.ts'
import { appendEvents } from '../fixtures/append-events.ts'
import { logName, manualClock, TestLogKeys } from '../fixtures/log-keys.ts'
import { LogNotary } from '../log-notary.ts'
import type { NotaryAlarm } from '../port.ts'
import { checkpointId, logCollections } from '../tree/log-state.ts'

const keys = new TestLogKeys()
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A witness of the tenants' logs that can be made to fail. */
async function startWitness(name: string, clock: { now(): number }) {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-witness-'))
  closing.push(() => rmSync(folder, { recursive: true, force: true }))
  const logs = (await Promise.all(['acme', 'beta'].map(one => keys.logKeys(one)))).flat()
  const witness = await openWitness({ folder, logs, name, clock })
  const state = { isDown: false, requests: 0 }
  const handle = witnessHandler(witness)
  const server = createServer((request, response) => {
    state.requests += 1
    if (state.isDown) response.writeHead(503).end()
    else handle(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(state, { url, key: witness.verifierKey })
}

describe('witnesses of checkpoints', () => {
  const clock = manualClock()
  let witnesses: Awaited<ReturnType<typeof startWitness>>[] = []
  beforeEach(async () => {
    witnesses = await Promise.all(['w1.test', 'w2.test', 'w3.test'].map(name => startWitness(name, clock)))
  })

  function setUp({
    store = createMemoryStore(),
    ...more
  }: {
    store?: EventStore
    [option: string]: unknown
  } = {}) {
    const alarms: NotaryAlarm[] = []
    const onAlarm = (alarm: NotaryAlarm) => alarms.push(alarm)
    const notary = new LogNotary(store, keys, { logName, clock, witnesses, quorum: 2, onAlarm, ...more })
    closing.push(() => notary.close())
    return { store, alarms, notary }
  }

  it('sign what is kept, so that proofs hold under the policy', async () => {
    const { store, alarms, notary } = setUp()
    const [receipt] = await appendEvents(store, 'acme', 3)
    await notary.checkpointNow('acme')
    expect(await notary.status('acme')).toMatchObject({
      hasQuorum: false,
      witnesses: [],
      missing: ['w1.test', 'w2.test', 'w3.test'],
    })
    await notary.endorse()
    expect(await notary.status('acme')).toMatchObject({
      hasQuorum: true,
      witnesses: ['w1.test', 'w2.test', 'w3.test'],
    })
    // A newer one, which no witness has seen yet, is no proof by the policy.
    await appendEvents(store, 'acme', 300)
    await notary.checkpointNow('acme')
    const policy = parsePolicy(await notary.policy('acme'))
    const proof = parseTlogProof(await notary.eventProof('acme', receipt?.eventId ?? ''))
    expect([hasQuorum(proof.checkpoint, policy), proof.checkpoint.text.split('\n')[1]]).toEqual([true, '3'])
    await notary.endorse()
    const note = parseNote((await notary.checkpoint('acme')) ?? '')
    expect(witnessesOf(note, policy)).toHaveLength(3)
    expect(await notary.endorse()).toBe(false)
    expect(witnesses.map(({ requests }) => requests)).toEqual([2, 2, 2])
    expect(alarms).toEqual([])
  })

  it('are asked again where they fail, ever more seldom, and somebody is told when too many do for long', async () => {
    const { store, alarms, notary } = setUp()
    const [one, two, three] = witnesses as [
      (typeof witnesses)[0],
      (typeof witnesses)[0],
      (typeof witnesses)[0],
    ]
    two.isDown = three.isDown = true
    await appendEvents(store, 'acme', 3)
    await notary.checkpointNow('acme')
    for (let second = 0; second < 120; second += 1) {
      await notary.endorse()
      clock.time += 1_000
    }
    expect(one.requests).toBe(1)
    expect(two.requests).toBeLessThan(10)
    expect(alarms.map(({ kind }) => kind)).toEqual(['witness-refused', 'witness-refused', 'quorum-missing'])
    two.isDown = false
    clock.time += 600_000
    await notary.endorse()
    expect(await notary.status('acme')).toMatchObject({
      hasQuorum: true,
      witnesses: ['w1.test', 'w2.test'],
      missing: ['w3.test'],
    })
    // The next one is not told of again, for there was enough in between.
    await appendEvents(store, 'acme', 1)
    await notary.checkpointNow('acme')
    await notary.endorse()
    expect(alarms.filter(({ kind }) => kind === 'quorum-missing')).toHaveLength(1)
  })

  it('that refuse are told of once for each checkpoint, also where others asked before', async () => {
    const { store, alarms, notary } = setUp()
    const refusals = () => alarms.filter(({ kind }) => kind === 'witness-refused').length
    const away = setUp({ store, witnesses: witnesses.map(one => ({ ...one, url: 'http://127.0.0.1:1' })) })
    await appendEvents(store, 'acme', 3)
    await notary.checkpointNow('acme')
    await away.notary.endorse()
    expect(away.alarms).toEqual([])
    for (const witness of witnesses) witness.isDown = true
    for (let round = 0; round < 3; round += 1) {
      clock.time += 600_000
      await notary.endorse()
    }
    expect(refusals()).toBe(3)
    await appendEvents(store, 'acme', 1)
    await notary.checkpointNow('acme')
    await notary.endorse()
    expect(refusals()).toBe(6)
  })

  it('are asked for the newest only, whoever has signed it', async () => {
    const { store, notary } = setUp()
    for (const count of [1, 2, 3]) {
      await appendEvents(store, 'acme', count)
      await appendEvents(store, 'beta', count)
      await notary.round(true)
    }
    const later = new LogNotary(store, keys, { logName, clock, witnesses, quorum: 2 })
    await later.endorse()
    expect(witnesses.map(({ requests }) => requests)).toEqual([2, 2, 2])
    for (const tenantId of ['acme', 'beta']) expect((await later.status(tenantId)).witnesses).toHaveLength(3)
    const due = await store.documents({ tenantId: 'every tenant' }, logCollections.checkpoint, {
      dueUntil: Number.MAX_SAFE_INTEGER,
    })
    expect(due).toEqual([])
  })

  it('that are new are asked for the newest checkpoint of each log at once, also of one at rest', async () => {
    const { store, alarms, notary } = setUp({ witnesses: witnesses.slice(0, 1), quorum: 1 })
    for (const tenantId of ['acme', 'beta']) {
      for (const count of [1, 2]) {
        await appendEvents(store, tenantId, count)
        await notary.checkpointNow(tenantId)
      }
    }
    await notary.endorse()
    expect(witnesses.map(({ requests }) => requests)).toEqual([2, 0, 0])
    clock.time += 3_600_000
    const later = new LogNotary(store, keys, { logName, clock, witnesses, quorum: 3 })
    closing.push(() => later.close())
    await later.endorse()
    for (const tenantId of ['acme', 'beta'])
      expect(await later.status(tenantId)).toMatchObject({
        hasQuorum: true,
        witnesses: ['w1.test', 'w2.test', 'w3.test'],
      })
    // Of the first one, too, which has signed before, nothing is asked again.
    expect(witnesses.map(({ requests }) => requests)).toEqual([2, 2, 2])
    expect([await later.endorse(), alarms]).toEqual([false, []])
  })

  it('that are new and do not answer are told of after the time that they have, not at once', async () => {
    const { store, notary } = setUp({ witnesses: [], quorum: 0 })
    await appendEvents(store, 'acme', 1)
    await notary.checkpointNow('acme')
    clock.time += 3_600_000
    for (const witness of witnesses) witness.isDown = true
    const alarms: string[] = []
    const onAlarm = ({ kind }: NotaryAlarm) => void alarms.push(kind)
    const later = new LogNotary(store, keys, { logName, clock, witnesses, quorum: 1, onAlarm })
    closing.push(() => later.close())
    await later.endorse()
    expect(alarms).toEqual(['witness-refused', 'witness-refused', 'witness-refused'])
    clock.time += 60_000
    await later.endorse()
    expect(alarms.slice(3)).toEqual(['quorum-missing'])
  })

  it('stop nobody from signing where they do not answer', async () => {
    for (const witness of witnesses) witness.url = 'http://127.0.0.1:9'
    const real = { poll: 1, milliseconds: 5, clock: { now: () => Date.now() } }
    const { store, notary } = setUp({ ...real, witnesses })
    notary.start()
    await appendEvents(store, 'acme', 3)
    await expect.poll(async () => (await notary.status('acme')).pending).toBe(0)
  })

  it('keep no notary from closing where they hang', async () => {
    const asked = Promise.withResolvers<void>()
    const server = createServer(() => asked.resolve())
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    closing.push(
      () => server.closeAllConnections(),
      () => server.close(),
    )
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const hanging = { url, key: witnesses[0]?.key }
    const { store, notary } = setUp({ witnesses: [hanging], quorum: 1, witnessTimeout: 3_600_000 })
    await appendEvents(store, 'acme', 3)
    await notary.checkpointNow('acme')
    notary.start()
    await asked.promise
    await notary.close()
    expect((await notary.status('acme')).witnesses).toEqual([])
  })

  it('are asked about the logs alone that they know, and a log needs no more than know it', async () => {
    const [one, two] = witnesses
    const own = { url: two?.url, key: two?.key, tenants: ['beta'] }
    const { store, alarms, notary } = setUp({ witnesses: [one, own], quorum: 2 })
    for (const tenantId of ['acme', 'beta']) {
      await appendEvents(store, tenantId, 3)
      await notary.checkpointNow(tenantId)
    }
    await notary.endorse()
    expect([one?.requests, two?.requests]).toEqual([2, 1])
    const status = async (tenantId: string) => {
      const { hasQuorum: isWhole, witnesses: names } = await notary.status(tenantId)
      return [isWhole, names, [...parsePolicy(await notary.policy(tenantId)).witnesses.keys()]]
    }
    expect(await status('acme')).toEqual([true, ['w1.test'], ['w1.test']])
    expect(await status('beta')).toEqual([true, ['w1.test', 'w2.test'], ['w1.test', 'w2.test']])
    expect(alarms).toEqual([])
    expect(await notary.endorse()).toBe(false)
  })

  it('are named apart in the policy where two have one name', async () => {
    const [one] = witnesses
    const twin = await startWitness('w1.test', clock)
    const { notary } = setUp({ witnesses: [one, twin], quorum: 1 })
    const policy = parsePolicy(await notary.policy('acme'))
    expect([...policy.witnesses.keys()]).toEqual(['w1.test', 'w1.test#2'])
    expect(policy.witnesses.get('w1.test#2')).toEqual(parseVerifierKey(twin.key))
    expect(policy.groups.get(policy.quorum ?? '')?.needed).toBe(1)
  })
})

describe('time stamps of checkpoints', () => {
  it('are asked for so often and no more, and again where that fails', async () => {
    const clock = manualClock()
    const store = createMemoryStore()
    const alarms: NotaryAlarm[] = []
    const asked: string[] = []
    const timestampAuthority = {
      async stamp(text: string) {
        asked.push(text)
        if (asked.length === 1) throw new Error('not now')
        return Buffer.from(`stamp of ${text}`)
      },
    }
    const onAlarm = (alarm: NotaryAlarm) => alarms.push(alarm)
    const options = { logName, clock, timestampAuthority, timestampEvery: 60_000, onAlarm }
    const notary = new LogNotary(store, keys, options)
    for (let second = 0; second < 61; second += 10) {
      await appendEvents(store, 'acme', 1)
      await notary.checkpointNow('acme')
      await notary.endorse()
      clock.time += 10_000
    }
    expect(asked.map(text => text.split('\n')[1])).toEqual(['1', '1', '7'])
    expect(alarms).toMatchObject([{ kind: 'stamp-failed', tenantId: 'acme' }])
    expect((await notary.status('acme')).isStamped).toBe(true)
    const stamp = Buffer.from((await notary.timestamp('acme', 7)) ?? []).toString()
    expect(stamp).toBe(`stamp of ${parseNote((await notary.checkpoint('acme')) ?? '').text}`)
    expect(await notary.timestamp('acme', 6)).toBeUndefined()
  })

  it('are asked for at once of a log at rest that has none', async () => {
    const clock = manualClock()
    const store = createMemoryStore()
    const asked: string[] = []
    const timestampAuthority = { stamp: async (text: string) => Buffer.from(String(asked.push(text))) }
    await appendEvents(store, 'acme', 2)
    await new LogNotary(store, keys, { logName, clock }).checkpointNow('acme')
    const later = new LogNotary(store, keys, { logName, clock, timestampAuthority, timestampEvery: 60_000 })
    await later.endorse()
    await later.endorse()
    expect(asked).toHaveLength(1)
    expect((await later.status('acme')).isStamped).toBe(true)
  })

  it('are asked for behind very many checkpoints of another log that cannot be read, which is told once', async () => {
    const clock = manualClock()
    const store = createMemoryStore()
    const alarms: NotaryAlarm[] = []
    const garbled = Array.from({ length: 100 }, (_, at) => ({
      tenantId: 'acme',
      collection: logCollections.checkpoint,
      id: checkpointId(1_000 + at),
      value: {},
      due: clock.now() - 1,
    }))
    await store.commit({ scope: { tenantId: 'acme' }, documents: garbled })
    const timestampAuthority = { stamp: async (text: string) => Buffer.from(text) }
    const onAlarm = (alarm: NotaryAlarm) => alarms.push(alarm)
    const notary = new LogNotary(store, keys, { logName, clock, timestampAuthority, onAlarm })
    await appendEvents(store, 'beta', 2)
    await notary.checkpointNow('beta')
    for (let times = 0; times < 3; times += 1) await notary.endorse()
    expect((await notary.status('beta')).isStamped).toBe(true)
    clock.time += 600_000
    await notary.endorse()
    expect(alarms).toMatchObject([{ kind: 'signing-failed', tenantId: 'acme' }])
  })
})
