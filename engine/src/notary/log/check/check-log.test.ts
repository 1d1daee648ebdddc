import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../core/index.ts'
import {
  commitBody,
  hashText,
  leafHash,
  merkleRoot,
  noteText,
  parseCheckpoint,
  parseHash,
  parseNote,
  signCheckpoint,
} from '../../../proof/index.ts'
import { newEvent } from '../../../store/fixtures/new-event.ts'
import { portOf } from '../../../store/fixtures/port-of.ts'
import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { createTestRoot } from '../../keys/fixtures/test-root.ts'
import type { KeyRing } from '../../keys/index.ts'
import { openKeyRing } from '../../keys/index.ts'
import { openSealed } from '../../seal/index.ts'
import { logName } from '../fixtures/log-keys.ts'
import { LogNotary } from '../log-notary.ts'
import type { CheckLogOptions } from './check-log.ts'
import { checkLog } from './check-log.ts'

const tenantId = 'acme'
const entries = 450

describe('a check of a log', () => {
  const store = createMemoryStore()
  let ring: KeyRing
  let notary: LogNotary
  const positions: number[] = []

  /** Appends an entry, which may be a record of what was done to the log. */
  const append = async (envelope: object, kind: RecordedEvent['kind'] = 'event') => {
    const event = { ...newEvent(tenantId, { ...envelope }), kind }
    const writes = [
      { stream: kind === 'event' ? 'Test-1' : '$log', expected: 'any' as const, events: [event] },
    ]
    const [receipt] = await openSealed(store, ring).append(tenantId, writes)
    return receipt as NonNullable<typeof receipt>
  }

  beforeAll(async () => {
    ring = await openKeyRing(store, createTestRoot().open(), { logName })
    notary = new LogNotary(store, ring, { logName })
    for (let at = 0; at < entries; at += 1)
      positions.push(
        (await append({ metadata: { user: `usr-${at % 3}`, ip: `10.0.0.${at % 250}` } })).position,
      )
    await notary.checkpointNow(tenantId)
  })
  afterAll(() => ring.close())

  const check = (changed: Partial<EventStore> = {}, options: CheckLogOptions = {}) =>
    checkLog({ ...portOf(store), ...changed }, notary, ring, tenantId, options)

  /** The store with entries that were changed behind its back. */
  const tampered = (change: (event: RecordedEvent) => object | undefined): Partial<EventStore> => ({
    async *readAll(...given) {
      for await (const event of store.readAll(...given)) {
        const changed = change(event)
        if (changed === undefined) continue
        const { envelope: _, ...fields } = Object.fromEntries(
          Object.keys(Object.getOwnPropertyDescriptors(event)).map(name => [
            name,
            event[name as keyof RecordedEvent],
          ]),
        )
        yield { ...fields, hidden: 0, ...changed } as unknown as RecordedEvent
      }
    },
  })

  const at = (index: number, change: (event: RecordedEvent) => object | undefined) =>
    tampered(event => (event.sequence === index ? change(event) : {}))

  it('finds a log sound, fields and all', async () => {
    const seen: number[] = []
    const report = await check({}, { onProgress: done => seen.push(done) })
    const { root } = parseCheckpoint(parseNote((await notary.checkpoint(tenantId)) ?? '').text)
    expect(report).toMatchObject({
      size: entries,
      root: hashText(root, 'base64url'),
      isSound: true,
      faultCount: 0,
      entries,
      explained: 0,
      signature: { fault: undefined, keyId: expect.stringContaining(`${logName}/t/acme/main+`) },
    })
    expect([seen.at(-1), report.index, report.reason]).toEqual([entries, undefined, undefined])
    expect(await checkLog(store, notary, ring, 'nobody')).toMatchObject({ size: 0, isSound: true })
  })

  const changes: Record<string, [() => Partial<EventStore>, string, number | undefined]> = {
    'a changed body': [
      () => at(7, ({ body }) => ({ body: body.replace('Tested', 'Tasted') })),
      'content-altered',
      7,
    ],
    'a changed body with its leaf': [
      () =>
        at(7, ({ body: old, blind, leaf: text }) => {
          const body = old.replace('Tested', 'Tasted')
          const commitment = commitBody(body, Buffer.from(blind, 'base64url'))
          const leaf = text.replace(/"body":"[\w-]+"/, `"body":"${commitment}"`)
          return { body, leaf, leafHash: leafHash(leaf) }
        }),
      'order-changed',
      8,
    ],
    'another leaf hash': [() => at(7, () => ({ leafHash: 'A'.repeat(43) })), 'content-altered', 7],
    'a leaf that is none': [() => at(7, () => ({ leaf: '{}' })), 'content-altered', 7],
    'an entry that is gone': [() => at(7, () => undefined), 'event-missing', 7],
    'the last entry gone': [() => at(entries - 1, () => undefined), 'event-missing', entries - 1],
    'two that changed places': [
      () => tampered(({ sequence }) => ({ sequence: sequence === 7 ? 8 : sequence === 8 ? 7 : sequence })),
      'event-missing',
      7,
    ],
    'a sealed field of another entry': [
      () => at(7, () => ({ secrets: secretsOf[10] ?? '' })),
      'content-altered',
      7,
    ],
    'a sealed field that was changed': [
      () => at(7, ({ secrets }) => ({ secrets: `${secrets.slice(0, -3)}AAA` })),
      'content-altered',
      7,
    ],
    'sealed fields that are gone': [() => at(7, () => ({ secrets: '' })), 'absence-unexplained', 7],
    'content that is gone': [
      () => at(7, () => ({ bodyState: 'removed', body: '', blind: '', secrets: '' })),
      'absence-unexplained',
      7,
    ],
  }
  const secretsOf: string[] = []

  it.each(Object.entries(changes))('finds %s', async (_, [change, kind, index]) => {
    for await (const { secrets } of store.readAll({ tenantId })) secretsOf.push(secrets)
    const report = await check(change())
    expect(report).toMatchObject({ isSound: false, index })
    expect(report.faults[0]?.kind).toBe(kind)
    expect(report.reason).toBe(report.faults[0]?.reason)
  })

  it('finds a log that was written anew as a whole, and one that somebody else signed', async () => {
    const forged = await ring.logKey('beta')
    const root = parseHash(merkleRoot(['A'.repeat(43)]), 'base64url')
    const note = (size: number) =>
      noteText(signCheckpoint({ origin: `${logName}/t/${tenantId}/main`, size, root }, forged))
    const policy = (id: string) => notary.policy(id)
    const report = await checkLog(store, { checkpoint: async () => note(entries), policy }, ring, tenantId)
    expect(report.faults).toMatchObject([{ kind: 'log-rewritten' }])
    expect(report.signature?.fault).toBe('key-unknown')
    const own = (await notary.checkpoint(tenantId)) ?? ''
    const [line = ''] = own.split('\n').slice(4)
    const broken = own.replace(line, `${line.slice(0, -12)}AAAAAAAAAA==`)
    const other = await checkLog(store, { checkpoint: async () => broken, policy }, ring, tenantId)
    expect([other.isSound, other.faultCount, other.signature?.fault]).toEqual([false, 0, 'signature-invalid'])
    const none = await checkLog(store, { checkpoint: async () => 'x', policy }, ring, tenantId)
    expect(none).toMatchObject({ isSound: false, faults: [{ kind: 'log-rewritten' }] })
  })

  it.each([
    ['log-tree', entries, 'its tree is gone'],
    ['log-checkpoint', 0, 'its newest checkpoint is gone'],
  ])(
    'finds that what was signed is gone with the documents %s, and checks what is left',
    async (gone, size, reason) => {
      const without: EventStore = {
        ...portOf(store),
        document: async (tenant, collection, id) =>
          collection === gone ? undefined : store.document(tenant, collection, id),
        documents: async (scope, collection, options) =>
          collection === gone ? [] : store.documents(scope, collection, options),
      }
      const blind = new LogNotary(without, ring, { logName })
      const report = await checkLog(without, blind, ring, tenantId)
      expect(report).toMatchObject({
        isSound: false,
        size,
        entries: size,
        faults: [{ kind: 'log-rewritten' }],
      })
      expect(report.reason).toContain(reason)
    },
  )

  it.each([
    ['edited', (hashes: string) => hashes.replace(/^..../, 'AAAA')],
    ['cut off', (hashes: string) => hashes.slice(0, 1_000)],
  ])('finds a tile that is %s, which proofs would be made from', async (_, change) => {
    const document: EventStore['document'] = async (tenant, collection, id) => {
      const found = await store.document(tenant, collection, id)
      if (!found || collection !== 'log-tile') return found
      const { hashes, ...rest } = found.value as { hashes: string }
      return { ...found, value: { ...rest, hashes: change(hashes) } }
    }
    const report = await check({ document })
    expect(report).toMatchObject({ isSound: false, faults: [{ kind: 'log-rewritten' }] })
    expect(report.reason).toContain('tile/0/000')
  })

  it.each([
    ['a tile is gone', 'log-tile', undefined, 'tile/0/000, over the entries 0 to 255, is gone'],
    ['a tile is none', 'log-tile', {}, 'tile/0/000, over the entries 0 to 255, is gone or cannot be read'],
    ['the tree is none', 'log-tree', { size: 'x' }, 'its tree cannot be read'],
    ['a checkpoint is none', 'log-checkpoint', {}, 'its newest checkpoint is gone or cannot be read'],
  ])('finds what was altered besides, where %s', async (_, damaged, value, reason) => {
    const change = <Found extends { readonly id: string }>(found: Found): Found[] =>
      value === undefined ? [] : [{ ...found, value }]
    const without: EventStore = {
      ...portOf(store),
      ...at(20, ({ body }) => ({ body: body.replace('Tested', 'Tasted') })),
      document: async (...given) => {
        const found = await store.document(...given)
        return found && given[1] === damaged ? change(found)[0] : found
      },
      documents: async (...given) => {
        const found = await store.documents(...given)
        return given[1] === damaged ? found.flatMap(change) : found
      },
    }
    const blind = new LogNotary(without, ring, { logName })
    const report = await checkLog(without, blind, ring, tenantId)
    const reasons = report.faults.map(fault => fault.reason)
    expect(reasons).toContainEqual(expect.stringContaining(reason))
    // Without any checkpoint there is nothing that entries could be held to.
    if (damaged !== 'log-checkpoint')
      expect(report.faults).toContainEqual(expect.objectContaining({ index: 20 }))
    expect((await blind.status(tenantId)).size).toBe(damaged === 'log-tree' ? 0 : entries)
  })

  it('takes a body that is no JSON for an altered one, and goes on', async () => {
    const report = await check(at(7, () => ({ body: '{"_sd"' })))
    expect(report).toMatchObject({ isSound: false, index: 7, entries })
  })

  it('names the first entry that was written anew, where all that follow were chained to it again', async () => {
    const rewritten = new Map<number, { leaf: string; leafHash: string }>()
    let previous = ''
    for await (const { leaf: text, sequence } of store.readAll({ tenantId })) {
      let leaf = previous === '' ? text : text.replace(/"prev":"[\w-]+"/, `"prev":"${previous}"`)
      if (sequence === 300) leaf = leaf.replace('"kind":"event"', '"kind":"seal"')
      previous = leafHash(leaf)
      rewritten.set(sequence, { leaf, leafHash: previous })
    }
    const changed = {
      ...tampered(({ sequence }) => ({ ...rewritten.get(sequence) })),
      leaves: async (...given: Parameters<EventStore['leaves']>) =>
        (await store.leaves(...given)).map(leaf => ({ ...leaf, ...rewritten.get(leaf.sequence) })),
    }
    const report = await check(changed)
    expect(report).toMatchObject({ isSound: false, index: 300, faults: [{ kind: 'log-rewritten' }] })
  })

  it('ends where it is told to', async () => {
    const stop = new AbortController()
    const onProgress = (done: number) => done >= 400 && stop.abort()
    await expect(check({}, { onProgress, signal: stop.signal })).rejects.toThrow(/abort/i)
  })

  it('takes a record for what is gone, where it comes later and covers it', async () => {
    const [first = 0, second = 0] = positions
    await store.commit({
      scope: { tenantId },
      bodies: [{ tenantId, positions: [first, second], becomes: 'removed' }],
    })
    const retention = (range: number[]) => ({ action: 'retention', policy: 'p@1', range, minimumDays: 1 })
    const record = async (payload: object, kind: RecordedEvent['kind']) => {
      await append({ eventType: 'LogRecorded', payload }, kind)
      await notary.checkpointNow(tenantId)
      return check()
    }
    expect(await record(retention([1, 2]), 'retention')).toMatchObject({ isSound: false, index: 0 })
    expect(await record(retention([0, 9_999]), 'retention')).toMatchObject({ isSound: false, index: 0 })
    expect(await record(retention([0, 1]), 'event')).toMatchObject({ isSound: false, index: 0 })
    expect(await record(retention([0, 1]), 'retention')).toMatchObject({ isSound: true, explained: 2 })
    expect(await check({}, { isStrict: false })).toMatchObject({ isSound: true })
    const altered = at(7, ({ body }) => ({ body: body.replace('Tested', 'Tasted') }))
    expect(await check(altered, { isStrict: false })).toMatchObject({ isSound: false, index: 7 })

    const kids = await ring.kidsOf(tenantId, 'usr-1')
    await ring.destroy(tenantId, kids)
    const gone = await check()
    expect(gone.faults).toMatchObject([{ kind: 'absence-unexplained', index: 4 }])
    const erased = await record({ action: 'erasure', keys: kids }, 'erasure')
    expect(erased).toMatchObject({ isSound: true, explained: 2 + kids.length })

    const target = (await store.readPositions(tenantId, [positions[20] as number]))[0] as RecordedEvent
    const blind = Buffer.alloc(32, 5).toString('base64url')
    const body = target.body.replace('Tested', 'Tested2')
    const redactions = [{ tenantId, position: target.position, body, blind }]
    await store.commit({ scope: { tenantId }, redactions })
    expect(await check()).toMatchObject({ isSound: false, index: 20, faults: [{ kind: 'content-altered' }] })
    const commitment = commitBody(body, Buffer.from(blind, 'base64url'))
    const redacted = await record({ action: 'redaction', n: 20, body: commitment }, 'redaction')
    expect(redacted.isSound).toBe(true)
  })

  it('finds an erasure that names a key which is still there', async () => {
    const before = await check()
    const kids = await ring.kidsOf(tenantId, 'usr-2')
    expect([before.isSound, kids.length]).toEqual([true, 1])
    await append({ eventType: 'LogRecorded', payload: { action: 'erasure', keys: [...kids] } }, 'erasure')
    await notary.checkpointNow(tenantId)
    expect(await check()).toMatchObject({
      isSound: false,
      index: before.size,
      reason: 'It says that a key is destroyed which is still there',
    })
    await ring.destroy(tenantId, kids)
    expect(await check()).toMatchObject({ isSound: true })
  })

  it('keeps to a rate', async () => {
    const started = performance.now()
    await check({}, { rate: 5_000, clock: systemClock })
    expect(performance.now() - started).toBeGreaterThan(80)
  })
})
