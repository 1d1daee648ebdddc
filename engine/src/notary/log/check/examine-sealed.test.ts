import { describe, expect, it } from 'vitest'
import { newEvent } from '../../../store/fixtures/new-event.ts'
import { portOf } from '../../../store/fixtures/port-of.ts'
import type { EventStore, RecordedEvent } from '../../../store/index.ts'
import { createMemoryStore } from '../../../store/memory/index.ts'
import { createTestRoot } from '../../keys/fixtures/test-root.ts'
import { openKeyRing } from '../../keys/index.ts'
import { openSealed } from '../../seal/index.ts'
import { logName } from '../fixtures/log-keys.ts'
import { examineSealed } from './examine-sealed.ts'
import { KeptKeys } from './kept/kept-keys.ts'

const tenantId = 'acme'

/** A log of three entries of two users, and who appends to it. */
async function sealedLog() {
  const store = createMemoryStore()
  const ring = await openKeyRing(store, createTestRoot().open(), { logName })
  const append = async (envelope: object, kind: RecordedEvent['kind'] = 'event') => {
    const event = { ...newEvent(tenantId, { ...envelope }), kind }
    const stream = kind === 'event' ? 'Test-1' : '$log'
    await openSealed(store, ring).append(tenantId, [{ stream, expected: 'any', events: [event] }])
  }
  for (const user of ['usr-0', 'usr-1', 'usr-0']) await append({ metadata: { user } })
  const positions: number[] = []
  for await (const { position } of store.readAll({ tenantId })) positions.push(position)
  const kids = await ring.kidsOf(tenantId, 'usr-0')
  const erased = () =>
    append({ eventType: 'LogRecorded', payload: { action: 'erasure', keys: [...kids] } }, 'erasure')
  return { store, ring, positions, kids, erased, [Symbol.asyncDispose]: () => ring.close() }
}

const problem = 'Fields of it cannot be opened, and no record of an erasure names their key'

describe('sealed fields that are examined without the root key', () => {
  it('are all there', async () => {
    await using log = await sealedLog()
    expect(await examineSealed(log.store, tenantId)).toEqual([])
    expect(await examineSealed(log.store, 'nobody')).toEqual([])
  })

  it('miss a key that was deleted, unless a later erasure names it', async () => {
    await using log = await sealedLog()
    const documents = [...log.kids].map(id => ({ tenantId, collection: 'data-key', id }))
    await log.store.commit({ scope: { tenantId }, documents })
    expect(await examineSealed(log.store, tenantId)).toEqual([`Entry 0: ${problem}`])
    await log.erased()
    expect(await examineSealed(log.store, tenantId)).toEqual([])
  })

  it('miss what was emptied, unless a later erasure names its key', async () => {
    await using log = await sealedLog()
    const [, , last = 0] = log.positions
    const secrets = [{ tenantId, positions: [last], kids: [...log.kids] }]
    await log.store.commit({ scope: { tenantId }, secrets })
    expect(await examineSealed(log.store, tenantId)).toEqual([`Entry 2: ${problem}`])
    await log.erased()
    const kept = 'Entry 3: It says that a key is destroyed which is still there'
    expect(await examineSealed(log.store, tenantId)).toEqual([kept])
    await log.ring.destroy(tenantId, log.kids)
    expect(await examineSealed(log.store, tenantId)).toEqual([])
  })

  it('are looked at with the keys that are asked for, of which few are remembered', async () => {
    await using log = await sealedLog()
    const read: string[] = []
    const store: EventStore = {
      ...portOf(log.store),
      document: async (tenant, collection, id) => {
        read.push(id)
        return log.store.document(tenant, collection, id)
      },
      documents: async () => {
        throw new Error('all of them are very many')
      },
    }
    expect(await examineSealed(store, tenantId)).toEqual([])
    expect(read).toHaveLength(2)
    const keys = new KeptKeys(store, tenantId, 1)
    const [first = '', other = ''] = read
    for (const kid of [first, first, other, first])
      expect(await keys.of(new Set([kid]))).toEqual(new Set([kid]))
    expect(read.slice(2)).toEqual([first, other, first])
    expect(await keys.of(new Set(['none', first]))).toEqual(new Set([first]))
  })
})

describe('sealed fields that are examined with the keys', () => {
  /** The same log, in which what is sealed beside an entry is another. */
  const altered = (store: EventStore, sequence: number, change: (secrets: string) => string): EventStore => ({
    ...portOf(store),
    async *readAll(...given) {
      for await (const event of store.readAll(...given))
        yield event.sequence === sequence
          ? Object.create(event, { secrets: { value: change(event.secrets) } })
          : event
    },
  })
  const flipped = (secrets: string): string => {
    const at = secrets.length - 30
    return secrets.slice(0, at) + (secrets[at] === 'A' ? 'B' : 'A') + secrets.slice(at + 1)
  }

  it('are opened, and are what the log commits to', async () => {
    await using log = await sealedLog()
    let entries = 0
    const onEntries = (count: number) => {
      entries += count
    }
    expect(await examineSealed(log.store, tenantId, { keys: log.ring, onEntries })).toEqual([])
    expect(entries).toBe(3)
  })

  it('are told of where a value was altered, or is of another entry', async () => {
    await using log = await sealedLog()
    const [first, , last] = await log.store.readPositions(tenantId, log.positions)
    const damaged = altered(log.store, 1, flipped)
    // Nothing is seen of it without the keys.
    expect(await examineSealed(damaged, tenantId)).toEqual([])
    const unopened = 'A sealed field of it cannot be opened with its key'
    const found = await examineSealed(damaged, tenantId, { keys: log.ring })
    expect(found).toContain(`Entry 1: ${unopened}`)
    const swapped = altered(log.store, 2, () => first?.secrets ?? '')
    expect(first?.secrets).not.toBe(last?.secrets)
    expect(await examineSealed(swapped, tenantId, { keys: log.ring })).toContain(`Entry 2: ${unopened}`)
    const emptied = altered(log.store, 2, () => '')
    expect(await examineSealed(emptied, tenantId, { keys: log.ring })).toEqual([`Entry 2: ${problem}`])
  })

  it('are told of where an erasure covers only what is gone', async () => {
    await using log = await sealedLog()
    await log.ring.destroy(tenantId, log.kids)
    expect(await examineSealed(log.store, tenantId, { keys: log.ring })).toEqual([`Entry 0: ${problem}`])
    await log.erased()
    expect(await examineSealed(log.store, tenantId, { keys: log.ring })).toEqual([])
    const damaged = altered(log.store, 1, flipped)
    expect(await examineSealed(damaged, tenantId, { keys: log.ring })).not.toEqual([])
  })
})
